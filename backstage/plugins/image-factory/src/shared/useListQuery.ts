import { useRef, useState } from 'react';
import { ServiceError, type ImageFactoryApi } from '../api';
import { useServiceQuery, type Every } from './useServiceQuery';

/** After a failure that can pass, a list is read again this often, in seconds, unless the service says when. */
const AFTER_FAILURE = 15;

/**
 * Reads a page of a list that the service keeps for a while. `refresh` makes the service read it anew.
 *
 * @param key - the last part says which page and filters
 * @param options.read - asks the service; with `refresh` true for a fresh answer
 * @param options.every - milliseconds after which it is read again, also while the page is hidden
 */
export function useListQuery<T>(
  key: readonly unknown[],
  options: {
    read: (api: ImageFactoryApi, signal: AbortSignal, refresh: boolean) => Promise<T>;
    every?: (value: T | undefined) => number | false;
  },
) {
  const fresh = useRef(false);
  const [refreshing, setRefreshing] = useState(false);
  const every: Every<T> = (value, error) => {
    if (error instanceof ServiceError && error.passing) return 1_000 * (error.retryAfter ?? AFTER_FAILURE);
    if (error) return false;
    return options.every?.(value) ?? false;
  };
  const query = useServiceQuery(key, {
    read: (api, signal) => {
      const refresh = fresh.current;
      fresh.current = false;
      return options.read(api, signal, refresh);
    },
    every,
    whenHidden: true,
    keepPrevious: true,
  });
  const refresh = async () => {
    fresh.current = true;
    setRefreshing(true);
    await query.refetch();
    setRefreshing(false);
  };
  return { query, refresh, refreshing };
}
