import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { days, imageIs, impactIs, isDown, MANAGED } from '../__testUtils__/images';
import { show } from '../__testUtils__/render';
import { SERVICE, serviceForTests } from '../__testUtils__/service';

const server = serviceForTests();
const CARD = 'entity-card:image-factory/impact';
const impact = (name: string, depth: number, eligibleAt: string | null, reason: string | null = null) => ({
  name,
  depth,
  path: ['portal', name],
  eligibleAt,
  automatic: eligibleAt !== null,
  reason,
});

beforeEach(() => server.use(imageIs(() => MANAGED)));

it('shows in waves what would be rebuilt, and when', async () => {
  server.use(
    impactIs([
      impact('shop', 2, '2031-12-05T00:00:00Z'),
      impact('base-node', 1, '2031-12-05T00:00:00Z'),
      impact('now', 1, new Date().toISOString()),
    ]),
  );

  show(CARD);

  const first = within(await screen.findByRole('region', { name: 'Wave 1' }));
  expect(
    screen.getByText('If its digest changed now, 3 images would be rebuilt automatically.'),
  ).toBeInTheDocument();
  expect(first.getByRole('link', { name: 'base-node' })).toBeInTheDocument();
  expect(first.getByText('on or after 5 Dec 2031')).toBeInTheDocument();
  expect(first.getByText('at once')).toBeInTheDocument();
  expect(
    within(screen.getByRole('region', { name: 'Wave 2' })).getByRole('link', { name: 'shop' }),
  ).toBeInTheDocument();
});

it('says why an image would not be rebuilt', async () => {
  server.use(impactIs([impact('shop', 1, null, 'shop will not be built automatically: autoRebuild is off')]));

  show(CARD);

  expect(
    await screen.findByText('shop will not be built automatically: autoRebuild is off'),
  ).toBeInTheDocument();
  expect(screen.getByText(/nothing would be rebuilt automatically; each image says why/)).toBeInTheDocument();
});

it('says that nothing depends on it', async () => {
  server.use(impactIs([]));

  show(CARD);

  expect(
    await screen.findByText(/nothing would be rebuilt: no managed image depends on it/),
  ).toBeInTheDocument();
});

it('says how many there are where not all are shown', async () => {
  server.use(impactIs([impact('shop', 1, days(7))], 314));

  show(CARD);

  expect(await screen.findByText('The first 1 of 314 images are shown.')).toBeInTheDocument();
});

it('says that the service is down, and reads again on request', async () => {
  let up = false;
  server.use(
    http.get(`${SERVICE}/api/v1/images/portal/impact`, () =>
      up ? HttpResponse.json({ items: [], total: 0 }) : isDown(),
    ),
  );
  show(CARD);
  await screen.findByText('connect ECONNREFUSED');

  up = true;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));

  expect(await screen.findByText(/nothing would be rebuilt/)).toBeInTheDocument();
});
