import { useApi } from '@backstage/frontend-plugin-api';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { imageFactoryApiRef, type ImageFactoryApi } from '../api';

/** Milliseconds until something is read again, by what is known now; false: not by itself. */
export type Every<T> = number | ((value: T | undefined, error: Error | null) => number | false);

/**
 * Reads something from the service. Components that use the same key at the same time share one request.
 *
 * @param key - what is read, such as `['image', 'portal']`
 * @param options.read - asks the service; `answerOf` makes its errors readable
 * @param options.every - milliseconds after which it is read again while it is visible; not at all by default
 * @param options.whenHidden - whether `every` also counts while the browser does not show the page
 * @param options.keepPrevious - whether the previous answer is shown while another is loaded, if only the last part of the
 *   key changed, as with the pages of a list
 * @param options.enabled - false: nothing is read yet
 */
export function useServiceQuery<T>(
  key: readonly unknown[],
  options: {
    read: (api: ImageFactoryApi, signal: AbortSignal) => Promise<T>;
    every?: Every<T>;
    whenHidden?: boolean;
    keepPrevious?: boolean;
    enabled?: boolean;
  },
): UseQueryResult<T> {
  const api = useApi(imageFactoryApiRef);
  const { read, every } = options;
  return useQuery<T, Error, T, readonly unknown[]>(
    {
      queryKey: key,
      enabled: options.enabled,
      queryFn: ({ signal }) => read(api, signal),
      refetchInterval: typeof every === 'function' ? ({ state }) => every(state.data, state.error) : every,
      refetchIntervalInBackground: options.whenHidden,
      placeholderData: (previous, query) =>
        options.keepPrevious && query && sameList(query.queryKey, key) ? previous : undefined,
    },
    api.queries,
  );
}

function sameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return JSON.stringify(one.slice(0, -1)) === JSON.stringify(other.slice(0, -1));
}
