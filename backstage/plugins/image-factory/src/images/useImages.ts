import type { components } from 'backstage-plugin-image-factory-common';
import { answerOf } from '../api';
import { useServiceQuery } from '../shared';
import { queryOf, type ImagesView } from './view';

export type ImageItem = components['schemas']['ImageItem'];

/** How often the list is read again while it is visible, in milliseconds. */
const EVERY = 10_000;

/** A page of the images that a view shows. */
export function useImages(view: ImagesView) {
  const query = queryOf(view);
  return useServiceQuery(['images', query], {
    read: (api, signal) => answerOf(api.http.GET('/api/v1/images', { params: { query }, signal })),
    every: EVERY,
    keepPrevious: true,
  });
}
