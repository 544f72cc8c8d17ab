import { setupServer } from 'msw/node';

/** Where a test's Backstage has its proxy plugin, and below it the service. */
export const PROXY = 'http://backstage.test/api/proxy';
export const SERVICE = `${PROXY}/image-factory`;

/** A server for the tests of one file: a request that no test expects is an error. */
export function serviceForTests() {
  const server = setupServer();
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
  afterEach(() => server.resetHandlers());
  afterAll(() => server.close());
  return server;
}
