import { coreApis, useApi } from '@backstage/frontend-plugin-api';

/** The language that the person chose in Backstage, such as `en`: for numbers, times and units. */
export function useLanguage(): string {
  return useApi(coreApis.appLanguage).getLanguage().language;
}

/** Writes numbers as the person's language does: `12,345`. */
export function useNumbers(): (value: number) => string {
  const format = new Intl.NumberFormat(useLanguage());
  return value => format.format(value);
}
