import type { components } from 'backstage-plugin-image-factory-common';
import { answerOf } from '../api';
import { useListQuery } from '../shared';

export type Version = components['schemas']['Version'];
export type VersionPage = components['schemas']['VersionPage'];

export interface VersionFilters {
  /** Text that the tag contains. */
  readonly q: string;
  readonly semverOnly: boolean;
}

/** A page of the versions of an image in its registry. */
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
              refresh: refresh || undefined,
            },
          },
          signal,
        }),
      ),
  });
}
