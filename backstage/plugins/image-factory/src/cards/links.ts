import type { Entity } from '@backstage/catalog-model';
import { webAddress, type Image } from '../shared';

/** A page about an image elsewhere. */
export interface PageLink {
  readonly url: string;
  readonly title: string;
}

const PLACES = ['registry', 'source', 'workflow', 'stateFile'] as const;

/**
 * The pages of an image elsewhere: those that the service knows, and the others that its entity links. The page at the
 * service is not among them: `ServiceLink` signs people in there.
 *
 * @param titles - the title of each kind of page that the service knows
 */
export function pagesOf(
  image: Image,
  entity: Entity,
  titles: Readonly<Record<(typeof PLACES)[number], string>>,
): PageLink[] {
  // An older service sends no links.
  const links: Partial<Image['links']> = image.links ?? {};
  const known = PLACES.map(place => ({ url: links[place] ?? '', title: titles[place] }));
  const linked = (entity.metadata.links ?? []).map(({ title, url }) => ({ url, title: title ?? url }));
  const pages = new Map<string, PageLink>();
  for (const page of [...known, ...linked]) {
    if (page.url !== links.page && webAddress(page.url) && !pages.has(page.url)) pages.set(page.url, page);
  }
  return [...pages.values()];
}
