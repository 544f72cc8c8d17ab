import { exact, relative, utcDay } from './times';

const NOW = Date.parse('2026-11-28T12:00:00Z');

it.each([
  ['2026-11-26T11:00:00Z', '2 days ago'],
  ['2026-11-28T11:00:01Z', '59 minutes ago'],
  ['2026-11-28T09:00:00Z', '3 hours ago'],
  ['2026-12-05T12:00:00Z', 'in 7 days'],
  ['2024-11-20T12:00:00Z', '2 years ago'],
  ['2026-11-28T11:59:01Z', undefined],
])('writes %s as a distance: %s', (at, words) => {
  expect(relative(new Date(at), NOW, 'en')).toBe(words);
});

it('writes the exact time in UTC and in the zone of the browser', () => {
  expect(exact(new Date('2026-11-28T09:05:59Z'), 'en')).toMatch(
    /^2026-11-28 09:05 UTC \(Nov 2\d, 2026, .+\)$/,
  );
});

it('writes the date in UTC, with the year only if it is another one', () => {
  expect(utcDay(new Date('2026-12-05T23:59:00Z'), NOW, 'en')).toBe('5 Dec');
  expect(utcDay(new Date('2027-01-05T00:00:00Z'), NOW, 'en')).toBe('5 Jan 2027');
});

it('writes in the language of the app', () => {
  expect(relative(new Date('2026-11-26T11:00:00Z'), NOW, 'de')).toBe('vor 2 Tagen');
});
