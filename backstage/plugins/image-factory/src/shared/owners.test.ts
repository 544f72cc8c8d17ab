import { ownerEntity, ownerName } from './owners';

it.each([
  ['group:default/platform', 'platform'],
  ['platform', 'platform'],
  ['user:default/jane', 'user:jane'],
  ['group:acme/platform', 'acme/platform'],
  ['Group:default/Platform', 'Platform'],
  ['not a: reference / at all /', 'not a: reference / at all /'],
])('writes the owner %s as %s', (owner, words) => {
  expect(ownerName(owner)).toBe(words);
});

it('knows no entity of an owner that is not a reference', () => {
  expect(ownerEntity('')).toBeUndefined();
  expect(ownerEntity('group:default/platform')).toEqual({
    kind: 'group',
    namespace: 'default',
    name: 'platform',
  });
});
