import { BASE, digest, EVERYTHING, MANAGED } from '../__testUtils__/images';
import type { Image } from '../shared';
import { choicesOf, offeredActs } from './acts';

const HOLD = { reason: 'freeze', by: 'jane', since: null, until: null };
const SKIP = { digest: digest('c'), reason: 'broken', by: 'jane', at: '2026-11-28T00:00:00Z' };

it('offers what the service permits, in one order', () => {
  expect(offeredActs({ ...MANAGED, may: EVERYTHING })).toEqual([
    'rebuild',
    'emergency',
    'hold',
    'skip',
    'check',
  ]);
});

it.each(['rebuild', 'emergency', 'hold', 'skip', 'check'] as const)(
  'offers no %s without the permission',
  act => {
    expect(offeredActs({ ...MANAGED, may: { ...EVERYTHING, [act]: false } })).not.toContain(act);
  },
);

it('offers nothing to a caller who only reads', () => {
  expect(offeredActs(MANAGED)).toEqual([]);
});

it('offers nothing where the service says nothing about permissions', () => {
  const { may: _, ...image } = MANAGED;

  expect(offeredActs(image as unknown as Image)).toEqual([]);
});

it('offers no rebuild of an image that cannot be rebuilt at all', () => {
  const image = { ...MANAGED, noBuild: 'there is no workflow', may: EVERYTHING };

  expect(offeredActs(image)).toEqual(['hold', 'skip', 'check']);
});

it('offers the release of a hold instead of another one', () => {
  const acts = offeredActs({ ...MANAGED, hold: HOLD, may: EVERYTHING });

  expect(acts).toContain('release');
  expect(acts).not.toContain('hold');
});

it('offers for a base image only what is not about its own builds', () => {
  expect(offeredActs({ ...BASE, hold: HOLD, skips: [SKIP], may: EVERYTHING })).toEqual([
    'emergency',
    'check',
  ]);
});

it('lets a digest be skipped that is newer than what the image is built from', () => {
  expect(choicesOf('skip', MANAGED)).toEqual([{ digest: digest('c'), about: 'node-22' }]);
});

it('offers no digest twice, none that is skipped, and none that the image is built from', () => {
  const [node] = MANAGED.dependencies;
  const image = {
    ...MANAGED,
    may: EVERYTHING,
    skips: [SKIP],
    dependencies: [
      node,
      { ...node, newest: digest('b') },
      { ...node, newest: null },
      { ...node, newest: digest('d') },
      { ...node, newest: digest('d'), role: 'stage' as const },
    ],
  };

  expect(choicesOf('skip', image)).toEqual([{ digest: digest('d'), about: 'node-22' }]);
  expect(offeredActs({ ...image, dependencies: [node] })).not.toContain('skip');
  expect(choicesOf('unskip', image)).toEqual([{ digest: digest('c'), about: 'broken' }]);
  expect(choicesOf('hold', image)).toEqual([]);
});
