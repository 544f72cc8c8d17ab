import type { components } from 'backstage-plugin-image-factory-common';
import { answerOf } from '../api';
import { useServiceQuery } from './useServiceQuery';

export type Facet = components['schemas']['Facet'];
export type Facets = components['schemas']['Facets'];

/**
 * How many images have each role, registry, owner and status.
 *
 * @param owners - counts only the images of these owners; of everybody if it is empty
 * @param every - milliseconds after which it is read again
 */
export function useFacets(owners: readonly string[], every: number) {
  return useServiceQuery<Facets>(['image-facets', owners], {
    read: (api, signal) =>
      answerOf(
        api.http.GET('/api/v1/image-facets', {
          params: { query: { owner: owners.length ? [...owners] : undefined } },
          signal,
        }),
      ),
    every,
  });
}
