import { http, HttpResponse } from 'msw';
import type { setupServer } from 'msw/node';
import { SERVICE } from './service';

/** A digest that is easy to recognise. */
export const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
/** Another one. */
export const OTHER = `sha256:${'f'.repeat(64)}`;

/** A version as the service sends it. */
export const version = (tag: string, more: object = {}) => ({
  tag,
  digest: OTHER,
  size: 257_208_320,
  publishedAt: '2026-11-20T10:00:00Z',
  platforms: [
    { os: 'linux', architecture: 'arm64', variant: 'v8', digest: OTHER, size: 1_048_576, osVersion: null },
  ],
  reference: `ghcr.io/acme/portal:${tag}@${OTHER}`,
  url: `https://github.com/acme/portal/pkgs/container/portal?tag=${tag}`,
  aliases: [],
  builtAt: null,
  kind: 'image',
  signed: null,
  sbom: null,
  provenance: null,
  revision: null,
  source: null,
  version: null,
  sourceUrl: null,
  revisionUrl: null,
  problem: null,
  vulnerabilities: null,
  expiresAt: null,
  activity: null,
  enrolled: false,
  current: false,
  firstSeen: null,
  builtFrom: [],
  pending: false,
  ...more,
});

/** The service with these versions; returns the queries that it was asked with. */
export function serveVersions(
  server: ReturnType<typeof setupServer>,
  items: object[],
  more: object = {},
  image: object = {},
) {
  const asked: Record<string, string>[] = [];
  server.use(
    http.get(`${SERVICE}/api/v1/images/:name`, () =>
      HttpResponse.json({ name: 'portal', role: 'managed', registry: 'ghcr.io', tag: '1.4', ...image }),
    ),
    http.get(`${SERVICE}/api/v1/images/:name/versions`, ({ request }) => {
      asked.push(Object.fromEntries(new URL(request.url).searchParams));
      return HttpResponse.json({
        items,
        total: items.length,
        page: 1,
        pageSize: 20,
        order: 'published',
        stale: false,
        complete: true,
        unread: 0,
        fetchedAt: '2026-11-28T10:00:00Z',
        ...more,
      });
    }),
  );
  return asked;
}
