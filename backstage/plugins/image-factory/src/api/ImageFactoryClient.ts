import type { DiscoveryApi, FetchApi } from '@backstage/frontend-plugin-api';
import { QueryClient } from '@tanstack/react-query';
import { PROXY_PATH, type paths } from 'backstage-plugin-image-factory-common';
import createClient, { type Client } from 'openapi-fetch';
import type { ImageFactoryApi } from './ImageFactoryApi';
import { ServiceError } from './ServiceError';

const RETRIES = 2;

/** The service below `/api/proxy/image-factory`. */
export class ImageFactoryClient implements ImageFactoryApi {
  readonly http: Client<paths, 'application/json'>;
  readonly queries: QueryClient;

  constructor(private readonly apis: { fetchApi: FetchApi; discoveryApi: DiscoveryApi }) {
    // Only the path of this address is used: `send` resolves where the proxy plugin is.
    this.http = createClient<paths, 'application/json'>({
      baseUrl: 'http://service.invalid',
      // Several values of a filter have commas between them.
      querySerializer: { array: { style: 'form', explode: false } },
      fetch: request => this.send(request),
    });
    this.queries = new QueryClient({
      defaultOptions: {
        queries: {
          staleTime: 2_000,
          retry: (failures, error) =>
            failures < RETRIES &&
            error instanceof ServiceError &&
            error.passing &&
            error.retryAfter === undefined,
        },
      },
    });
  }

  private async send(request: Request): Promise<Response> {
    const proxy = await this.apis.discoveryApi.getBaseUrl('proxy');
    const { pathname, search } = new URL(request.url);
    const type = request.headers.get('content-type');
    const body = request.method === 'GET' ? undefined : await request.text();
    return this.apis.fetchApi.fetch(`${proxy}${PROXY_PATH}${pathname}${search}`, {
      method: request.method,
      headers: { Accept: 'application/json', ...(type && body && { 'Content-Type': type }) },
      body: body || undefined,
      signal: request.signal,
    });
  }
}
