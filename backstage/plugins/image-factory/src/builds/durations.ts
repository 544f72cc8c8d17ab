const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A duration in its two largest units: `1 min 5 sec`, in words `1 minute 5 seconds`. */
export function duration(seconds: number, language: string, words: 'short' | 'long' = 'short'): string {
  const whole = Math.max(0, Math.trunc(seconds));
  const largest = UNITS.findIndex(([, size]) => whole >= size);
  const units = largest < 0 ? UNITS.slice(-1) : UNITS.slice(largest, largest + 2);
  let rest = whole;
  const parts = units.map(([unit, size]) => {
    const count = Math.trunc(rest / size);
    rest -= count * size;
    return { unit, count };
  });
  return parts
    .filter(({ count }, index) => count > 0 || index === 0)
    .map(({ unit, count }) =>
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: words }).format(count),
    )
    .join(' ');
}
