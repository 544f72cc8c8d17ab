import type { components } from 'backstage-plugin-image-factory-common';

/** Everything that the service knows about an image. */
export type Image = components['schemas']['Image'];

/** An image that this image is built from, or needs for its build. */
export type Dependency = components['schemas']['Dependency'];
