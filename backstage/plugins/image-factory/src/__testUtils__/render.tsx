import type { ReactElement } from 'react';
import type { Entity } from '@backstage/catalog-model';
import { createExtensionTester, renderInTestApp } from '@backstage/frontend-test-utils';
import { EntityProvider, entityRouteRef } from '@backstage/plugin-catalog-react';
import { imageFactoryApiRef, ImageFactoryClient } from '../api';
import { imageFactoryPlugin } from '../plugin';
import { buildsRouteRef, rootRouteRef, templateRouteRef, versionsRouteRef } from '../routes';
import { PROXY } from './service';

/** The entity of a managed image. */
export const PORTAL: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { namespace: 'default', name: 'portal', title: 'Portal' },
  spec: { type: 'managed-image', owner: 'group:default/platform' },
};

/** The entity of a base image. */
export const BASE: Entity = {
  ...PORTAL,
  metadata: { namespace: 'default', name: 'node-22' },
  spec: { type: 'base-image', owner: 'group:default/platform' },
};

/**
 * Shows one extension of the plugin in a test app, on the page of an entity.
 *
 * @param extension - its id, such as `entity-card:image-factory/image`
 * @param address - where the test app is, such as `/?status=failed`
 */
export function show(extension: string, entity: Entity = PORTAL, address = '/') {
  const found = imageFactoryPlugin.getExtension(extension as never) as never;
  return showElement(createExtensionTester(found).reactElement(), entity, address);
}

/** The entity of a group. */
export const PLATFORM: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { namespace: 'default', name: 'platform' },
  spec: { type: 'team', children: [] },
};

/** Shows an element in a test app, with the client of the service. */
export function showElement(element: ReactElement, entity: Entity = PORTAL, address = '/') {
  const client = new ImageFactoryClient({
    fetchApi: { fetch },
    discoveryApi: { getBaseUrl: async () => PROXY },
  });
  // Without an end, no timer of the cache keeps the process of the tests alive.
  client.queries.setDefaultOptions({ queries: { retry: false, gcTime: Infinity } });
  return renderInTestApp(<EntityProvider entity={entity}>{element}</EntityProvider>, {
    apis: [[imageFactoryApiRef, client]],
    initialRouteEntries: [address],
    mountedRoutes: {
      '/image-factory': rootRouteRef,
      '/create/templates/:namespace/:templateName': templateRouteRef,
      '/catalog/:namespace/:kind/:name': entityRouteRef,
      '/catalog/versions': versionsRouteRef,
      '/catalog/builds': buildsRouteRef,
    },
  });
}
