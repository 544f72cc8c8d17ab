import { fireEvent, screen } from '@testing-library/react';
import { coreApis } from '@backstage/frontend-plugin-api';
import { imageListsForTests, listed } from '../__testUtils__/imageLists';
import { PORTAL, show } from '../__testUtils__/render';
import { pass, soon, timeByHand } from '../__testUtils__/timers';

const { serve, fail } = imageListsForTests();
timeByHand();
/** Waits for a text; quicker than looking for a row, whose name must be computed. */
const text = (words: string) => soon(() => screen.getByText(words));

it('shows a change after ten seconds, by itself', async () => {
  serve([listed('portal')]);
  show('page:image-factory');
  await text('node:22 changed today');

  serve([listed('portal', { status: 'failed', reason: 'the build failed' })]);
  await pass(10_000);

  expect(await text('the build failed')).toBeInTheDocument();
});

it('keeps what it has while the service is down, and recovers by itself', async () => {
  serve([listed('portal')]);
  show('page:image-factory');
  await text('node:22 changed today');

  fail(503, 'Image Factory is starting.');
  await pass(10_000);
  expect(await text('Image Factory is starting.')).toBeInTheDocument();
  expect(screen.getByText('node:22 changed today')).toBeInTheDocument();
  serve([listed('portal')]);
  await pass(10_000);

  await soon(() => expect(screen.queryByText('Image Factory is starting.')).toBeNull());
});

it('searches when a person stops typing', async () => {
  const { lists } = serve([listed('portal')]);
  const { apis } = show('page:image-factory', PORTAL, '/');
  await text('node:22 changed today');

  for (const typed of [' n', ' no', ' nod', ' node', ' node ']) {
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search' }), { target: { value: typed } });
    await pass(200);
  }

  await soon(() => expect(lists).toHaveLength(2));
  expect(lists.map(asked => asked.q)).toEqual([undefined, 'node']);
  expect(apis.get(coreApis.appHistory)!.getSnapshot().location.search).toBe('?q=node');
});
