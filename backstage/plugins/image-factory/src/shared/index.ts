export { Loaded } from './Loaded';
export { StatusText, type ImageStatus } from './StatusText';
export { useImage } from './useImage';
export { useServiceQuery } from './useServiceQuery';
