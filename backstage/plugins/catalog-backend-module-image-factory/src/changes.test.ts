import type { Entity } from '@backstage/catalog-model';
import { assertFewRemoved, changesBetween, contentOf } from './changes';
import { image } from './__testUtils__/images';

const listOf = (...images: Entity[]) => new Map(images.map(entity => [entity.metadata.name, entity]));
const knownOf = (...images: Entity[]) =>
  new Map(images.map(entity => [entity.metadata.name, contentOf(entity)]));

it('finds new, changed and removed entities', () => {
  const before = knownOf(image('same'), image('changed'), image('gone'));
  const after = listOf(image('same'), image('changed', { title: 'Another' }), image('new'));

  const { added, removed } = changesBetween(before, after);

  expect(added.map(entity => entity.metadata.name)).toEqual(['changed', 'new']);
  expect(removed).toEqual(['gone']);
});

it('finds nothing in equal lists', () => {
  expect(changesBetween(knownOf(image('a')), listOf(image('a')))).toEqual({ added: [], removed: [] });
});

it.each([
  [100, 0],
  [100, 20],
  [3, 3],
  [5, 5],
])('takes that of %d images %d are removed', (known, removed) => {
  expect(() => assertFewRemoved(known, removed, 0.2)).not.toThrow();
});

it.each([
  [100, 21],
  [6, 6],
  [29, 6],
])('refuses that of %d images %d are removed', (known, removed) => {
  expect(() => assertFewRemoved(known, removed, 0.2)).toThrow(
    `Image Factory no longer has ${removed} of ${known} images`,
  );
});

it('takes any number if the share is 1', () => {
  expect(() => assertFewRemoved(100, 100, 1)).not.toThrow();
});
