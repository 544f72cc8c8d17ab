const UNITS = [
  ['B', 'bytes'],
  ['KiB', 'kibibytes'],
  ['MiB', 'mebibytes'],
  ['GiB', 'gibibytes'],
  ['TiB', 'tebibytes'],
] as const;

/** A number of bytes in a binary unit: its sign, the key of its word, and the number with three digits. */
export function sizeOf(bytes: number, language: string) {
  let value = bytes;
  let power = 0;
  // 1023.5 would be shown as 1,024 of the smaller unit.
  while (value >= 1023.5 && power < UNITS.length - 1) {
    value /= 1024;
    power += 1;
  }
  const digits = value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 };
  const [sign, word] = UNITS[power];
  return { size: new Intl.NumberFormat(language, digits).format(value), sign, word };
}
