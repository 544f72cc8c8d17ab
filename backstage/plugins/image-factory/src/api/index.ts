export { answerOf } from './answers';
export { imageFactoryApiRef, type ImageFactoryApi } from './ImageFactoryApi';
export { ImageFactoryClient } from './ImageFactoryClient';
export { ServiceError } from './ServiceError';
