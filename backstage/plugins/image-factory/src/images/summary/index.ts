export { IN_ORDER } from './attention';
export { ImagesSummary } from './ImagesSummary';
export { useImagesAddress } from './useImagesAddress';
