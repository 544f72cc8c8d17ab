import type { Entity } from '@backstage/catalog-model';

/** Removals up to this number are always taken. */
const FEW = 5;

/** What changed between two lists of entities, by entity reference. */
export interface Changes {
  /** New entities, and those with other content. */
  readonly added: readonly Entity[];
  /** The references of entities that are gone. */
  readonly removed: readonly string[];
}

/** Compares two lists of entities; an entity is the same if its JSON is. */
export function changesBetween(
  before: ReadonlyMap<string, string>,
  entities: ReadonlyMap<string, Entity>,
): Changes {
  const added = [...entities].filter(([ref, entity]) => before.get(ref) !== contentOf(entity));
  return {
    added: added.map(([, entity]) => entity),
    removed: [...before.keys()].filter(ref => !entities.has(ref)),
  };
}

/** What of an entity is compared. */
export function contentOf(entity: Entity): string {
  return JSON.stringify(entity);
}

/**
 * Refuses to remove many entities at once, because then it is likelier that the service lost its data.
 *
 * @param share - of the known entities, from 0 to 1; more than that are refused if they are more than five
 * @throws Error with what to do
 */
export function assertFewRemoved(known: number, removed: number, share: number): void {
  if (removed <= FEW || removed <= known * share) return;
  throw new Error(
    `Image Factory no longer has ${removed} of ${known} images. The catalog keeps all of them, because more than ` +
      `${Math.round(share * 100)} % of them at once are not removed. If they were really removed, set ` +
      'catalog.providers.imageFactory.maxRemovedShare to 1 until the catalog has followed',
  );
}
