import { useRouteRef } from '@backstage/frontend-plugin-api';
import { rootRouteRef } from '../../routes';
import { addressOf, type ImagesView } from '../view';

/** Makes links to the page of all images with filters; undefined in an app without that page. */
export function useImagesAddress(): (view: Partial<ImagesView>) => string | undefined {
  const root = useRouteRef(rootRouteRef);
  return view => {
    const address = addressOf(view);
    return root && (address.size ? `${root()}?${address}` : root());
  };
}
