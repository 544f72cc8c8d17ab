import { screen } from '@testing-library/react';
import { imageListsForTests, listed } from '../__testUtils__/imageLists';
import { show } from '../__testUtils__/render';
import { pass, soon, timeByHand } from '../__testUtils__/timers';

const { serve, fail } = imageListsForTests();
timeByHand();
const shown = (text: string) => soon(() => expect(screen.queryByText(text)).not.toBeNull());

it('shows a change after ten seconds, by itself', async () => {
  serve([listed('portal')]);
  show('page:image-factory');
  await shown('node:22 changed today');

  serve([listed('portal', { status: 'failed', reason: 'the build failed' })]);
  await pass(10_000);

  await shown('the build failed');
});

it('keeps what it has while the service is down, and recovers by itself', async () => {
  serve([listed('portal')]);
  show('page:image-factory');
  await shown('node:22 changed today');

  fail(503, 'Image Factory is starting.');
  await pass(10_000);
  await shown('Image Factory is starting.');
  expect(screen.getByText('node:22 changed today')).toBeInTheDocument();
  serve([listed('portal')]);
  await pass(10_000);

  await soon(() => expect(screen.queryByText('Image Factory is starting.')).toBeNull());
});
