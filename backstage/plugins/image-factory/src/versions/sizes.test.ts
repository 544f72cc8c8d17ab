import { sizeOf } from './sizes';

it.each([
  [0, '0 B', 'bytes'],
  [512, '512 B', 'bytes'],
  [1_023, '1,023 B', 'bytes'],
  [1_024, '1 KiB', 'kibibytes'],
  [1_536, '1.5 KiB', 'kibibytes'],
  [1_048_575, '1 MiB', 'mebibytes'],
  [257_208_320, '245 MiB', 'mebibytes'],
  [3_435_973_837, '3.2 GiB', 'gibibytes'],
  [5 * 1024 ** 5, '5,120 TiB', 'tebibytes'],
])('writes %d bytes in a binary unit', (bytes, short, unit) => {
  const { size, sign, word } = sizeOf(bytes, 'en');

  expect(`${size} ${sign}`).toBe(short);
  expect(word).toBe(unit);
});
