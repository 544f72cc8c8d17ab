import type { components } from 'backstage-plugin-image-factory-common';
import { answerOf } from '../api';
import { useListQuery } from '../shared';

export type Version = components['schemas']['Version'];
export type VersionPage = components['schemas']['VersionPage'];
export type Kind = NonNullable<Version['kind']>;

/** What a tag can hold; images first. */
export const KINDS = ['image', 'chart', 'artifact', 'cache'] as const satisfies readonly Kind[];

/** Milliseconds until details that the service is still reading are asked for again. */
export const WHILE_READING = 2_000;

export interface VersionFilters {
  /** Text that the tag contains. */
  readonly q: string;
  readonly semverOnly: boolean;
  /** Undefined: any kind. */
  readonly kind?: Kind;
}

/** A page of the versions of an image in its registry; it is asked for again until the service has all its details. */
export function useVersions(name: string, filters: VersionFilters, page: number, pageSize: number) {
  return useListQuery(['image', name, 'versions', { ...filters, page, pageSize }], {
    read: (api, signal, refresh) =>
      answerOf(
        api.http.GET('/api/v1/images/{name}/versions', {
          params: {
            path: { name },
            query: {
              page,
              pageSize,
              q: filters.q || undefined,
              semver: filters.semverOnly || undefined,
              kind: filters.kind,
              refresh: refresh || undefined,
            },
          },
          signal,
        }),
      ),
    every: found => (found?.complete === false ? WHILE_READING : false),
  });
}
