import { duration } from './durations';

it.each([
  [0, '0 sec', '0 seconds'],
  [59.9, '59 sec', '59 seconds'],
  [60, '1 min', '1 minute'],
  [65, '1 min 5 sec', '1 minute 5 seconds'],
  [3_605, '1 hr', '1 hour'],
  [3_660, '1 hr 1 min', '1 hour 1 minute'],
  [200_000, '2 days 7 hr', '2 days 7 hours'],
  [-3, '0 sec', '0 seconds'],
])('writes %d seconds in the two largest units', (seconds, short, long) => {
  expect(duration(seconds, 'en')).toBe(short);
  expect(duration(seconds, 'en', 'long')).toBe(long);
});
