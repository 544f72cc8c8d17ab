/** The task of the entity provider in Backstage's scheduler; the service triggers it after a change. */
export const ENTITIES_TASK = 'image-factory-entities';

/** The `spec.type` of the entities of managed and base images; their kind is Resource. */
export const IMAGE_TYPES = ['managed-image', 'base-image'] as const;

/** The path of the service below Backstage's proxy plugin. */
export const PROXY_PATH = '/image-factory';

/** Written by the owners of a component: the names of the images that it deploys, separated by commas. */
export const DEPLOYED_IMAGE_ANNOTATION = 'image-factory.io/deployed-image';
