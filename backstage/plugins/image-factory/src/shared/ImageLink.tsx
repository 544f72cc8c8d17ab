import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteParams, entityRouteRef } from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';

/** The path of the page of an image's entity; undefined in an app without the catalog. */
export function useImagePath(name: string): string | undefined {
  return useRouteRef(entityRouteRef)?.(entityRouteParams(`resource:default/${name}`));
}

/** The name of an image, linked to its entity. */
export function ImageLink(props: { name: string }) {
  const path = useImagePath(props.name);
  return path ? <Link href={path}>{props.name}</Link> : <>{props.name}</>;
}
