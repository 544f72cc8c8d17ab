import { useEffect, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { TablePaginationType } from '@backstage/ui';
import { imageFactoryTranslationRef } from '../translation';
import { useNumbers } from './useLanguage';

const SIZES = [20, 50, 100];

/** The page of a list that a person looks at; `pagination` is for the table, with the total that the service counts. */
export function usePaging() {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const numbers = useNumbers();
  const [page, setPage] = useState(1);
  const [pageSize, setPageSize] = useState(SIZES[0]);
  const pagination = (total: number): TablePaginationType => ({
    type: 'page',
    pageSize,
    offset: (page - 1) * pageSize,
    totalCount: total,
    hasPreviousPage: page > 1,
    hasNextPage: page * pageSize < total,
    onPreviousPage: () => setPage(page - 1),
    onNextPage: () => setPage(page + 1),
    pageSizeOptions: SIZES.map(value => ({ value, label: t('shared.rows', { count: value }) })),
    onPageSizeChange: size => {
      setPage(1);
      setPageSize(size);
    },
    getLabel: ({ offset = 0, pageSize: size }) =>
      t('shared.range', {
        from: numbers(offset + 1),
        to: numbers(Math.min(offset + size, total)),
        total: numbers(total),
      }),
  });
  return { page, pageSize, toFirst: () => setPage(1), toPage: setPage, pagination };
}

/** Goes to the last page when the list became shorter than the page that is shown. */
export function useExistingPage(paging: ReturnType<typeof usePaging>, total: number | undefined) {
  const last = Math.max(1, Math.ceil((total ?? Infinity) / paging.pageSize));
  const { page, toPage } = paging;
  useEffect(() => {
    if (page > last) toPage(last);
  }, [page, last, toPage]);
}
