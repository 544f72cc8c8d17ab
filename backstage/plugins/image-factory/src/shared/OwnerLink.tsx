import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteParams, entityRouteRef } from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';
import { ownerEntity, ownerName } from './owners';

/** The name of an owner, linked to its page in the catalog. */
export function OwnerLink(props: { owner: string }) {
  const route = useRouteRef(entityRouteRef);
  const entity = ownerEntity(props.owner);
  const name = <span title={props.owner}>{ownerName(props.owner)}</span>;
  return route && entity ? <Link href={route(entityRouteParams(entity))}>{name}</Link> : name;
}
