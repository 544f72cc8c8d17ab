import { answerOf } from '../api';
import { useServiceQuery } from './useServiceQuery';

/** How often an open page reads an image again, in milliseconds. */
const EVERY = 5_000;

/** Everything that the service knows about an image. */
export function useImage(name: string) {
  return useServiceQuery(['image', name], {
    read: (api, signal) =>
      answerOf(api.http.GET('/api/v1/images/{name}', { params: { path: { name } }, signal })),
    every: EVERY,
  });
}
