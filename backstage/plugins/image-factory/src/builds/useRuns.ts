import type { paths } from 'backstage-plugin-image-factory-common';
import { answerOf } from '../api';
import { useListQuery } from '../shared';
import { isFinished, type RunPage } from './runs';

type Query = NonNullable<paths['/api/v1/images/{name}/runs']['get']['parameters']['query']>;
export type StatusFilter = NonNullable<Query['status']>;

export interface RunFilters {
  readonly status: StatusFilter | undefined;
  readonly branch: string;
}

const WHILE_SHOWN = 4_000;
const WHILE_HIDDEN = 30_000;

/**
 * A page of the builds of an image. It is read again while a build is not finished, less often while the page is hidden.
 *
 * @param expected - whether a change is expected in this page although all of its builds are finished
 */
export function useRuns(
  name: string,
  filters: RunFilters,
  window: { page: number; pageSize: number },
  expected: (page: RunPage) => boolean,
) {
  return useListQuery(['image', name, 'runs', { ...filters, ...window }], {
    read: (api, signal, refresh) =>
      answerOf(
        api.http.GET('/api/v1/images/{name}/runs', {
          params: {
            path: { name },
            query: {
              ...window,
              status: filters.status,
              branch: filters.branch || undefined,
              refresh: refresh || undefined,
            },
          },
          signal,
        }),
      ),
    every: page => {
      if (!page || !(unfinished(page) || expected(page))) return false;
      return document.hidden ? WHILE_HIDDEN : WHILE_SHOWN;
    },
  });
}

/** How many builds of a page have not ended. */
export function unfinished(page: RunPage): number {
  return page.items.filter(run => !isFinished(run)).length;
}
