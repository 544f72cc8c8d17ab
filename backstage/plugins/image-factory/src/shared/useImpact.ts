import type { components } from 'backstage-plugin-image-factory-common';
import { answerOf } from '../api';
import { useServiceQuery } from './useServiceQuery';

/** One image that would be rebuilt. */
export type Impact = components['schemas']['Impact'];

/** The service computes it from all images, so that a page asks less often than for the image itself. */
const EVERY = 30_000;
/** The most that the service gives at once. */
const PAGE = 100;

/**
 * What would be rebuilt if the digest of an image changed now, at most 100 images.
 *
 * @param options.emergency - instead, what an emergency rebuild of the image covers
 */
export function useImpact(name: string, options: { emergency?: boolean } = {}) {
  const { emergency = false } = options;
  return useServiceQuery(['impact', name, emergency], {
    read: (api, signal) =>
      answerOf(
        api.http.GET('/api/v1/images/{name}/impact', {
          params: { path: { name }, query: { pageSize: PAGE, ...(emergency && { emergency }) } },
          signal,
        }),
      ),
    every: EVERY,
  });
}
