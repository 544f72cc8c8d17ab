import { useMemo } from 'react';
import { useAppSearchParams } from '@backstage/frontend-plugin-api';
import { addressOf, viewOf, type ImagesView } from './view';

/** Changes some of what the page shows. It starts again at page 1, if the change is not another page. */
export type ChangeView = (changes: Partial<ImagesView>, options?: { replace?: boolean }) => void;

/** What the page shows. It is kept in the address, so that a link shows the same, and that "back" undoes a change. */
export function useImagesView(): { view: ImagesView; change: ChangeView } {
  const [address, setAddress] = useAppSearchParams();
  const view = useMemo(() => viewOf(address), [address]);
  const change: ChangeView = (changes, options) =>
    setAddress(addressOf({ ...view, page: 1, ...changes }), options);
  return { view, change };
}
