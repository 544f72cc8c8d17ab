import { useEntity } from '@backstage/plugin-catalog-react';
import { useImage } from '../shared';

/** The image of the entity whose page is shown; the cards of the page share one request. */
export function useEntityImage() {
  const { entity } = useEntity();
  const { name } = entity.metadata;
  return { entity, name, image: useImage(name) };
}
