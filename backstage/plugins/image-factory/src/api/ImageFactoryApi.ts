import { createApiRef } from '@backstage/frontend-plugin-api';
import type { QueryClient } from '@tanstack/react-query';
import type { paths } from 'backstage-plugin-image-factory-common';
import type { Client } from 'openapi-fetch';

/** The service, through Backstage's proxy plugin, as the user who is signed in. */
export interface ImageFactoryApi {
  /** Typed requests: `api.http.GET('/api/v1/images/{name}', { params: { path: { name } } })`. */
  readonly http: Client<paths, 'application/json'>;
  /** What was read, shared by the cards and tabs of a page, so that each answer is asked for once. */
  readonly queries: QueryClient;
}

export const imageFactoryApiRef = createApiRef<ImageFactoryApi>({ id: 'plugin.image-factory.api' });
