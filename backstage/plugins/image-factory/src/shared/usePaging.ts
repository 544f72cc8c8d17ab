import { useEffect, useState } from 'react';
import { PAGE_SIZES, usePagination, type Paging } from './usePagination';

/** The page of a list that a person looks at; `pagination` is for the table, with the total that the service counts. */
export function usePaging() {
  const [page, toPage] = useState(1);
  const [pageSize, setPageSize] = useState<number>(PAGE_SIZES[0]);
  const toPageSize = (size: number) => {
    toPage(1);
    setPageSize(size);
  };
  const pagination = usePagination({ page, pageSize, toPage, toPageSize });
  return { page, pageSize, toFirst: () => toPage(1), toPage, pagination };
}

/** Goes to the last page when the list became shorter than the page that is shown. */
export function useExistingPage(
  paging: Pick<Paging, 'page' | 'pageSize' | 'toPage'>,
  total: number | undefined,
) {
  const last = Math.max(1, Math.ceil((total ?? Infinity) / paging.pageSize));
  const { page, toPage } = paging;
  useEffect(() => {
    if (page > last) toPage(last);
  }, [page, last, toPage]);
}
