import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { TablePaginationType } from '@backstage/ui';
import { imageFactoryTranslationRef } from '../translation';
import { useNumbers } from './useLanguage';

/** How many rows a page of a table can have; the first one is the default. */
export const PAGE_SIZES = [20, 50, 100] as const;

/** Which page of a list is shown, and how to go to another one. */
export interface Paging {
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
  readonly toPage: (page: number) => void;
  /** Also goes to the first page. */
  readonly toPageSize: (pageSize: number) => void;
}

/** What a table needs to show pages of a list, by the total that the service counts. */
export function usePagination(paging: Paging): (total: number) => TablePaginationType {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const numbers = useNumbers();
  const { page, pageSize, toPage } = paging;
  return total => ({
    type: 'page',
    pageSize,
    offset: (page - 1) * pageSize,
    totalCount: total,
    hasPreviousPage: page > 1,
    hasNextPage: page * pageSize < total,
    onPreviousPage: () => toPage(page - 1),
    onNextPage: () => toPage(page + 1),
    pageSizeOptions: PAGE_SIZES.map(value => ({ value, label: t('shared.rows', { count: value }) })),
    onPageSizeChange: paging.toPageSize,
    getLabel: ({ offset = 0, pageSize: size }) =>
      t('shared.range', {
        from: numbers(offset + 1),
        to: numbers(Math.min(offset + size, total)),
        total: numbers(total),
      }),
  });
}
