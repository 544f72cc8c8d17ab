import { useSyncExternalStore } from 'react';

/** Narrower than a table with several columns needs: a phone. */
const NARROW = '(max-width: 639px)';

/** Whether the window is as narrow as that of a phone; it follows the window. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, isNarrow, () => false);
}

function subscribe(changed: () => void): () => void {
  const list = window.matchMedia?.(NARROW);
  list?.addEventListener('change', changed);
  return () => list?.removeEventListener('change', changed);
}

function isNarrow(): boolean {
  return window.matchMedia?.(NARROW).matches ?? false;
}
