import { addressOf, EVERYTHING, isFiltered, queryOf, viewOf, type ImagesView } from './view';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const read = (address: string) => viewOf(new URLSearchParams(address));

const ALL: ImagesView = {
  q: 'node & co',
  role: 'base',
  registry: ['ghcr.io', 'localhost:5000'],
  status: ['failed', 'up-to-date'],
  owner: ['group:default/platform', 'user:default/jane'],
  dependsOn: 'node-22',
  builtFrom: DIGEST,
  transitive: true,
  sort: '-lastBuilt',
  page: 3,
  pageSize: 50,
};

it('keeps every filter, the order and the page in the address', () => {
  expect(viewOf(new URLSearchParams(addressOf(ALL).toString()))).toEqual(ALL);
});

it('leaves what is the default out of the address', () => {
  expect(addressOf(EVERYTHING).toString()).toBe('');
  expect(addressOf({ status: ['failed'] }).toString()).toBe('status=failed');
});

it.each([
  ['role=king'],
  ['sort=colour'],
  ['page=0'],
  ['page=-1'],
  ['page=2.5'],
  ['page=many'],
  ['pageSize=7'],
  ['status=purple,toString'],
  ['registry='],
  ['owner=,,'],
  ['transitive=yes'],
])('ignores %s in an address', address => {
  expect(read(address)).toEqual(EVERYTHING);
});

it('takes the values that are known, each once', () => {
  expect(read('status=failed,purple,failed,held').status).toEqual(['failed', 'held']);
});

it('asks the service for what is filtered and for nothing else', () => {
  expect(queryOf(EVERYTHING)).toEqual({ sort: 'attention', page: 1, pageSize: 20 });
  expect(queryOf(ALL)).toEqual({ ...ALL, role: ['base'] });
});

it('does not ask with a text that is not a digest, nor for what leads to it', () => {
  const query = queryOf({ ...EVERYTHING, builtFrom: 'sha256:123', transitive: true });

  expect(query.builtFrom).toBeUndefined();
  expect(query.transitive).toBeUndefined();
});

it('knows whether images are left out', () => {
  expect(isFiltered({ ...EVERYTHING, sort: 'name', page: 2, pageSize: 50 })).toBe(false);
  expect(isFiltered({ ...EVERYTHING, q: 'node' })).toBe(true);
  expect(isFiltered({ ...EVERYTHING, status: ['held'] })).toBe(true);
});
