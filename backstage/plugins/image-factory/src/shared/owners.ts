import { parseEntityRef, type CompoundEntityRef } from '@backstage/catalog-model';

/** The parts of an owner's entity reference; undefined if it is not one. */
export function ownerEntity(owner: string): CompoundEntityRef | undefined {
  try {
    return parseEntityRef(owner, { defaultKind: 'group', defaultNamespace: 'default' });
  } catch {
    return undefined;
  }
}

/** An owner as people write it: `platform` for `group:default/platform`, `user:jane` for `user:default/jane`. */
export function ownerName(owner: string): string {
  const entity = ownerEntity(owner);
  if (!entity) return owner;
  const kind = entity.kind.toLocaleLowerCase('en') === 'group' ? '' : `${entity.kind}:`;
  const namespace = entity.namespace === 'default' ? '' : `${entity.namespace}/`;
  return `${kind}${namespace}${entity.name}`;
}
