import { answerOf } from '../api';
import { useServiceQuery } from './useServiceQuery';

/** Who the service takes the user for: the references by which the user owns images, and more. */
export function useCaller() {
  return useServiceQuery(['whoami'], {
    read: (api, signal) => answerOf(api.http.GET('/api/v1/whoami', { signal })),
  });
}
