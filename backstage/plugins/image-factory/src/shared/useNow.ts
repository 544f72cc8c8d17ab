import { useEffect, useState } from 'react';

const EVERY = 30_000;

/** The current time in milliseconds since 1970; it changes every half minute, so that "2 minutes ago" stays true. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), EVERY);
    return () => clearInterval(timer);
  }, []);
  return now;
}
