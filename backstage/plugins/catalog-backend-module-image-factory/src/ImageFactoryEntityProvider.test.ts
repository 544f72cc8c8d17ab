import type { Entity } from '@backstage/catalog-model';
import type { EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { image } from './__testUtils__/images';
import { ImageFactoryEntityProvider } from './ImageFactoryEntityProvider';

const URL = 'http://factory.test/catalog/entities';
const server = setupServer();

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const many = (count: number) => Array.from({ length: count }, (_, index) => image(`image-${index}`));

async function connected(inCatalog: string[] = []) {
  const applyMutation = jest.fn().mockResolvedValue(undefined);
  const run = jest.fn();
  const provider = new ImageFactoryEntityProvider({
    baseUrl: 'http://factory.test/',
    token: 'secret',
    maxRemovedShare: 0.2,
    logger: { info: jest.fn() } as any,
    taskRunner: { run },
    inCatalog: async () => inCatalog,
  });
  await provider.connect({ applyMutation, refresh: jest.fn() } as unknown as EntityProviderConnection);
  return { provider, applyMutation, run };
}

/** Answers each request with the next list, and then 304 for its ETag. */
function serve(...lists: Entity[][]) {
  let served = 0;
  server.use(
    http.get(URL, ({ request }) => {
      const list = lists[served];
      if (!list) return new HttpResponse(null, { status: 304 });
      served += 1;
      expect(request.headers.get('authorization')).toBe('Bearer secret');
      return HttpResponse.json({ items: list }, { headers: { ETag: `"${served}"` } });
    }),
  );
}

const mutations = (applyMutation: jest.Mock) => applyMutation.mock.calls.map(([mutation]) => mutation);
const names = (deferred: { entity: Entity }[]) => deferred.map(({ entity }) => entity.metadata.name);

it('gives the catalog everything at first, and then only what changed', async () => {
  serve([image('a'), image('b')], [image('a'), image('b', { title: 'B' })], [image('b', { title: 'B' })]);
  const { provider, applyMutation } = await connected();

  for (let run = 0; run < 4; run += 1) await provider.refresh();

  const [full, changed, gone, ...more] = mutations(applyMutation);
  expect([full.type, names(full.entities)]).toEqual(['full', ['a', 'b']]);
  expect([changed.type, names(changed.added), changed.removed]).toEqual(['delta', ['b'], []]);
  expect([gone.added, gone.removed.map((each: any) => each.entityRef)]).toEqual([[], ['resource:default/a']]);
  expect(more).toEqual([]);
});

it('is run by the task that the service triggers', async () => {
  const { run } = await connected();

  expect(run).toHaveBeenCalledWith(expect.objectContaining({ id: 'image-factory-entities' }));
});

it('does not show the address of the service to people', async () => {
  serve([image('a')]);
  const { provider, applyMutation } = await connected();

  await provider.refresh();

  expect(JSON.stringify(mutations(applyMutation))).not.toContain('factory.test');
  expect(mutations(applyMutation)[0].entities[0].entity.metadata.annotations).toMatchObject({
    'backstage.io/managed-by-location': 'image-factory:entities',
  });
});

it('asks with the ETag of the last answer', async () => {
  const asked: (string | null)[] = [];
  server.use(
    http.get(URL, ({ request }) => {
      asked.push(request.headers.get('if-none-match'));
      return HttpResponse.json({ items: [image('a')] }, { headers: { ETag: '"1"' } });
    }),
  );
  const { provider } = await connected();

  await provider.refresh();
  await provider.refresh();

  expect(asked).toEqual([null, '"1"']);
});

it('reads an answer again that the catalog did not take', async () => {
  serve([image('a')], [image('a')]);
  const { provider, applyMutation } = await connected();
  applyMutation.mockRejectedValueOnce(new Error('the database is locked'));

  await expect(provider.refresh()).rejects.toThrow('the database is locked');
  await provider.refresh();

  expect(mutations(applyMutation).map(({ type }) => type)).toEqual(['full', 'full']);
});

it.each([
  ['the service is down', () => HttpResponse.error(), `Image Factory cannot be read at ${URL}; check`],
  ['it fails', () => new HttpResponse(null, { status: 503 }), '503'],
  ['the token is wrong', () => new HttpResponse(null, { status: 401 }), 'imageFactory.token'],
  ['it answers without a list', () => HttpResponse.json({}), 'without a list'],
  ['it answers with a page', () => HttpResponse.html('<p>Sign in</p>'), 'JSON'],
  ['it sends a user', () => HttpResponse.json({ items: [{ ...image('a'), kind: 'User' }] }), 'other than'],
  ['it sends nothing', () => HttpResponse.json({ items: [null] }), 'other than'],
  ['it has no name', () => HttpResponse.json({ items: [{ ...image('a'), metadata: {} }] }), 'other than'],
  [
    'it names another namespace',
    () => HttpResponse.json({ items: [image('a', { namespace: 'finance' })] }),
    'other than',
  ],
  [
    'it sends another resource',
    () => HttpResponse.json({ items: [{ ...image('a'), spec: { type: 'database' } }] }),
    'other than',
  ],
])('keeps what the catalog has when %s', async (_, answer, message) => {
  server.use(http.get(URL, answer));
  const { provider, applyMutation } = await connected();

  await expect(provider.refresh()).rejects.toThrow(message);

  expect(applyMutation).not.toHaveBeenCalled();
});

it('does not remove more than a fifth at once', async () => {
  serve(many(100), many(79), many(80));
  const { provider, applyMutation } = await connected();
  await provider.refresh();

  await expect(provider.refresh()).rejects.toThrow('no longer has 21 of 100 images');
  await provider.refresh();

  expect(mutations(applyMutation)[1].removed).toHaveLength(20);
});

it('does not remove what the catalog has from an earlier start, if the service lost its data', async () => {
  serve([], many(10));
  const { provider, applyMutation } = await connected(
    many(10).map(each => `resource:default/${each.metadata.name}`),
  );

  await expect(provider.refresh()).rejects.toThrow('no longer has 10 of 10 images');
  await provider.refresh();

  expect(names(mutations(applyMutation)[0].entities)).toHaveLength(10);
});
