const UNITS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/**
 * The distance to a time in words, rounded down, in the largest unit that fits: "3 hours ago", "in 2 days".
 *
 * @param now - milliseconds since 1970
 * @returns undefined if it is less than a minute
 */
export function relative(at: Date, now: number, language: string): string | undefined {
  const seconds = (at.getTime() - now) / 1_000;
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  if (!unit) return undefined;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
  return format.format(Math.trunc(seconds / unit[1]), unit[0]);
}

/** The time in UTC to the minute, and in the time zone of the browser. */
export function exact(at: Date, language: string): string {
  const utc = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const local = new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  return `${utc} (${local.format(at)})`;
}

/** The date in UTC, as the service writes it: "5 Dec", with the year if it is not the current one. */
export function utcDay(at: Date, now: number, language: string): string {
  const year = at.getUTCFullYear() === new Date(now).getUTCFullYear() ? undefined : 'numeric';
  const british = language === 'en' ? 'en-GB' : language;
  const options = { day: 'numeric', month: 'short', year, timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(british, options).format(at);
}
