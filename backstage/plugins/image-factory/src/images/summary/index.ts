export { ImagesSummary } from './ImagesSummary';
export { useImagesAddress } from './useImagesAddress';
