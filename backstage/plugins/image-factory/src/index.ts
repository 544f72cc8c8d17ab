/**
 * The images of Image Factory in Backstage: pages, tabs and cards.
 *
 * @packageDocumentation
 */
export { imageFactoryPlugin as default } from './plugin';
export { imageFactoryApiRef, type ImageFactoryApi } from './api';
export { imageFactoryTranslationRef } from './translation';
