import { useRef } from 'react';
import type { Run, RunPage } from './runs';

/** GitHub shows a re-run after a moment; longer than this, it is not waited for, in milliseconds. */
const PATIENCE = 60_000;

/** Remembers a re-run that GitHub accepted, until the list shows its new attempt. */
export function useExpectedRerun() {
  const asked = useRef<{ run: Run; until: number }>();
  return {
    ask: (run: Run) => {
      asked.current = { run, until: Date.now() + PATIENCE };
    },
    isExpectedIn: (page: RunPage) => {
      if (!asked.current || Date.now() > asked.current.until) return false;
      const { run } = asked.current;
      return page.items.some(shown => shown.id === run.id && shown.attempt === run.attempt);
    },
  };
}
