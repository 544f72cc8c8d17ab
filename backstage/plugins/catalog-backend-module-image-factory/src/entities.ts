import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import { ResponseError } from '@backstage/errors';
import { IMAGE_TYPES } from 'backstage-plugin-image-factory-common';

const TIMEOUT_MS = 60_000;

/** All entities of the service, and the ETag of the answer. */
export interface ReadEntities {
  readonly entities: ReadonlyMap<string, Entity>;
  readonly etag?: string;
}

interface EntitiesRequest {
  readonly url: string;
  readonly token?: string;
  readonly etag?: string;
  readonly signal?: AbortSignal;
}

/**
 * Reads all entities of the service.
 *
 * @param options.etag - of the answer before
 * @returns undefined if nothing has changed since that answer
 * @throws if the service cannot be reached, refuses, or answers with anything but entities of images
 */
export async function readEntities(options: EntitiesRequest): Promise<ReadEntities | undefined> {
  const response = await answerOf(options);
  if (response.status === 304) return undefined;
  if (response.status === 401 || response.status === 403) {
    throw new Error(
      `Image Factory refused the token (status ${response.status}); check catalog.providers.imageFactory.token`,
    );
  }
  if (!response.ok) throw await ResponseError.fromResponse(response);
  const entities = entitiesOf(await response.json());
  return { entities, etag: response.headers.get('etag') ?? undefined };
}

async function answerOf({ url, token, etag, signal }: EntitiesRequest): Promise<Response> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await fetch(url, {
      headers: {
        Accept: 'application/json',
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(etag && { 'If-None-Match': etag }),
      },
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    // The message of fetch is only "fetch failed".
    throw new Error(`Image Factory cannot be read at ${url}; check catalog.providers.imageFactory.baseUrl`, {
      cause: error,
    });
  }
}

function entitiesOf(body: unknown): ReadonlyMap<string, Entity> {
  const items = (body as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) throw new Error('Image Factory answered without a list of entities');
  return new Map(items.map(item => [stringifyEntityRef(imageOf(item)), item as Entity]));
}

/** Whoever controls the service must not be able to add users, groups or templates to the catalog. */
function imageOf(item: unknown): Entity {
  const { kind, metadata, spec } = (item ?? {}) as Partial<Entity>;
  const known = kind === 'Resource' && IMAGE_TYPES.some(type => type === spec?.type);
  if (!known || typeof metadata?.name !== 'string' || (metadata.namespace ?? 'default') !== 'default') {
    throw new Error('Image Factory answered with something other than entities of images');
  }
  return item as Entity;
}
