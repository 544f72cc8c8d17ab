import { useApi } from '@backstage/frontend-plugin-api';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { imageFactoryApiRef, type ImageFactoryApi } from '../api';

/**
 * Reads something from the service. Components that use the same key at the same time share one request.
 *
 * @param key - what is read, such as `['image', 'portal']`
 * @param options.read - asks the service; `answerOf` makes its errors readable
 * @param options.every - milliseconds after which it is read again while it is visible; not at all by default
 */
export function useServiceQuery<T>(
  key: readonly unknown[],
  options: {
    read: (api: ImageFactoryApi, signal: AbortSignal) => Promise<T>;
    every?: number | ((value: T | undefined) => number | false);
  },
): UseQueryResult<T> {
  const api = useApi(imageFactoryApiRef);
  const { read, every } = options;
  return useQuery(
    {
      queryKey: key,
      queryFn: ({ signal }) => read(api, signal),
      refetchInterval: typeof every === 'function' ? query => every(query.state.data) : every,
    },
    api.queries,
  );
}
