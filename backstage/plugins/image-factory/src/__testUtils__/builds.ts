import { http, HttpResponse } from 'msw';
import { SERVICE, serviceForTests } from './service';

/** The commit of the builds. */
export const SHA = '0123456789abcdef0123456789abcdef01234567';
/** The path of the builds of any image. */
export const RUNS = `${SERVICE}/api/v1/images/:name/runs`;

/** A build that succeeded. */
export const run = (id: number, more: object = {}) => ({
  id,
  name: 'build',
  title: `Mend ${id}`,
  status: 'completed',
  conclusion: 'success',
  durationSeconds: 65,
  headSha: SHA,
  headBranch: 'main',
  event: 'workflow_dispatch',
  actor: 'jane',
  attempt: 1,
  createdAt: '2026-11-20T10:00:00Z',
  updatedAt: '2026-11-20T10:01:05Z',
  url: `https://github.com/acme/portal/actions/runs/${id}`,
  commitUrl: `https://github.com/acme/portal/commit/${SHA}`,
  ...more,
});
/** A build that failed. */
export const failed = (id: number, more: object = {}) => run(id, { conclusion: 'failure', ...more });
/** A build that runs. */
export const running = (id: number, more: object = {}) =>
  run(id, { status: 'in_progress', conclusion: null, ...more });

type Server = ReturnType<typeof serviceForTests>;
type Rest<F> = F extends (server: Server, ...rest: infer R) => unknown ? R : never;

/** A service for the tests of one file, and what it answers about builds. */
export function buildsForTests() {
  const server = serviceForTests();
  return {
    server,
    serve: (...rest: Rest<typeof serve>) => serve(server, ...rest),
    answerReruns: (...rest: Rest<typeof answerReruns>) => answerReruns(server, ...rest),
  };
}

/** The service with these builds; `items` can be changed. Returns the queries that it was asked with. */
function serve(server: Server, items: object[] | (() => object[]), more: object = {}, image: object = {}) {
  const asked: Record<string, string>[] = [];
  server.use(
    http.get(`${SERVICE}/api/v1/images/:name`, () => HttpResponse.json({ name: 'portal', ...image })),
    http.get(RUNS, ({ request }) => {
      asked.push(Object.fromEntries(new URL(request.url).searchParams));
      const shown = typeof items === 'function' ? items() : items;
      return HttpResponse.json({
        items: shown,
        total: shown.length,
        page: 1,
        pageSize: 20,
        stale: false,
        fetchedAt: '2026-11-28T10:00:00Z',
        ...more,
      });
    }),
  );
  return asked;
}

/** The service answers re-runs like this; returns the bodies that it got. */
function answerReruns(server: Server, status: number, body: object) {
  const asked: unknown[] = [];
  server.use(
    http.post(`${RUNS}/:id/rerun`, async ({ request, params }) => {
      asked.push({ id: params.id, body: await request.json() });
      return HttpResponse.json(body, { status });
    }),
  );
  return asked;
}
