import type { Entity } from '@backstage/catalog-model';

/** The entity of a base image. */
export function image(name: string, metadata: Partial<Entity['metadata']> = {}): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: { name, ...metadata },
    spec: { type: 'base-image', owner: 'group:default/platform' },
  };
}
