import { http, HttpResponse, type DefaultBodyType, type JsonBodyType } from 'msw';
import { SERVICE, serviceForTests } from './service';

type Query = Record<string, string>;
type Items = readonly object[];

/** An image of a list, as far as lists show it. */
export const listed = (name: string, more: object = {}) => ({
  name,
  role: 'managed',
  registry: 'ghcr.io',
  repository: `acme/${name}`,
  tag: '1',
  reference: `ghcr.io/acme/${name}:1`,
  status: 'waiting',
  reason: 'node:22 changed today',
  owner: 'group:default/platform',
  lastBuilt: '2026-11-20T10:00:00Z',
  ...more,
});

/** Numbers of images, as the service counts them. */
export const facets = (statuses: Record<string, number> = { waiting: 1 }) => {
  const count = Object.values(statuses).reduce((sum, one) => sum + one, 0);
  return {
    total: count,
    roles: [{ value: 'managed', count }],
    registries: [
      { value: 'ghcr.io', count },
      { value: 'docker.io', count: 1 },
    ],
    owners: [
      { value: 'group:default/platform', count },
      { value: 'user:default/jane', count: 1 },
    ],
    statuses: Object.entries(statuses).map(([value, number]) => ({ value, count: number })),
  };
};

/** A service for the tests of one file, and what it answers about lists of images. */
export function imageListsForTests() {
  const server = serviceForTests();
  const answer = (path: string, body: (query: Query) => JsonBodyType | HttpResponse<DefaultBodyType>) => {
    const asked: Query[] = [];
    server.use(
      http.get(`${SERVICE}/api/v1/${path}`, ({ request }) => {
        const query = Object.fromEntries(new URL(request.url).searchParams);
        asked.push(query);
        const answered = body(query);
        return answered instanceof HttpResponse ? answered : HttpResponse.json(answered);
      }),
    );
    return asked;
  };
  return {
    answer,
    /** The service with these images; returns the queries of lists and of counts. */
    serve: (items: Items, more: { total?: number; facets?: object; owners?: readonly string[] } = {}) => {
      answer('whoami', () => ({ caller: 'user:default/jane', owners: more.owners ?? [] }));
      return {
        counted: answer('image-facets', () => more.facets ?? facets()),
        lists: answer('images', () => ({ items: [...items], total: more.total ?? items.length })),
      };
    },
    /** All reads are answered with an error. */
    fail: (status: number, message: string) =>
      server.use(http.get(`${SERVICE}/*`, () => HttpResponse.json({ message }, { status }))),
  };
}
