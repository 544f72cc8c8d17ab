import type { paths } from 'backstage-plugin-image-factory-common';
import { PAGE_SIZES, statusMessages, type ImageStatus } from '../shared';

type Query = NonNullable<paths['/api/v1/images']['get']['parameters']['query']>;

/** The kinds of images. */
export const ROLES = ['managed', 'base'] as const;
export type Role = (typeof ROLES)[number];

/** The orders that a person can choose, as the service names them; the first one is the default. */
export const SORTS = ['attention', 'name', 'status', '-lastBuilt', 'lastBuilt'] as const;
export type Sort = (typeof SORTS)[number];

/** What the page shows: filters, order, and page. Its address has all that is not the default. */
export interface ImagesView {
  readonly q: string;
  readonly role: Role | undefined;
  readonly registry: readonly string[];
  readonly status: readonly ImageStatus[];
  readonly owner: readonly string[];
  readonly dependsOn: string;
  /** A digest, or what a person has written of it. */
  readonly builtFrom: string;
  /** Whether images count that have the digest of `builtFrom` only through other managed images. */
  readonly transitive: boolean;
  readonly sort: Sort;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

/** Without any filter, in the default order. */
export const EVERYTHING: ImagesView = {
  q: '',
  role: undefined,
  registry: [],
  status: [],
  owner: [],
  dependsOn: '',
  builtFrom: '',
  transitive: false,
  sort: SORTS[0],
  page: 1,
  pageSize: PAGE_SIZES[0],
};

/** Reads what an address says; what it does not say, or says wrongly, is the default. */
export function viewOf(address: URLSearchParams): ImagesView {
  const text = (key: string) => address.get(key)?.trim() ?? '';
  const list = (key: string) => [...new Set(text(key).split(',').filter(Boolean))];
  const page = Number(text('page'));
  return {
    q: text('q'),
    role: ROLES.find(role => role === text('role')),
    registry: list('registry'),
    status: list('status').filter(isStatus),
    owner: list('owner'),
    dependsOn: text('dependsOn'),
    builtFrom: text('builtFrom'),
    transitive: text('transitive') === 'true',
    sort: SORTS.find(sort => sort === text('sort')) ?? EVERYTHING.sort,
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    pageSize: PAGE_SIZES.find(size => String(size) === text('pageSize')) ?? EVERYTHING.pageSize,
  };
}

/** Writes the search parameters of an address, without what is the default. */
export function addressOf(view: Partial<ImagesView>): URLSearchParams {
  const address = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...EVERYTHING, ...view })) {
    const written = String(value ?? '');
    if (written !== String(EVERYTHING[key as keyof ImagesView] ?? '')) address.set(key, written);
  }
  return address;
}

/** What the service is asked for. */
export function queryOf(view: ImagesView): Query {
  const builtFrom = isDigest(view.builtFrom) ? view.builtFrom : undefined;
  return {
    q: view.q || undefined,
    role: view.role && [view.role],
    registry: some(view.registry),
    status: some(view.status),
    owner: some(view.owner),
    dependsOn: view.dependsOn || undefined,
    builtFrom,
    transitive: (builtFrom && view.transitive) || undefined,
    sort: view.sort,
    page: view.page,
    pageSize: view.pageSize,
  };
}

/** Whether a view leaves images out. */
export function isFiltered(view: ImagesView): boolean {
  const { sort, page, pageSize } = EVERYTHING;
  return addressOf({ ...view, sort, page, pageSize, transitive: false }).size > 0;
}

/** Whether a text is a digest as registries write it. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

function isStatus(text: string): text is ImageStatus {
  return Object.hasOwn(statusMessages, text);
}

function some<T>(values: readonly T[]): T[] | undefined {
  return values.length ? [...values] : undefined;
}
