import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { BASE, imageIs, isDown } from '../__testUtils__/images';
import { show } from '../__testUtils__/render';
import { SERVICE, serviceForTests } from '../__testUtils__/service';

const server = serviceForTests();
const CARD = 'entity-card:image-factory/dependents';
const many = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `app-${at + 1}`, status: 'up-to-date' }));

it('links the dependents, with their statuses', async () => {
  server.use(imageIs(() => ({ ...BASE, dependents: [{ name: 'shop', status: 'held' }] })));

  show(CARD);

  expect(await screen.findByRole('link', { name: 'shop' })).toHaveAttribute(
    'href',
    '/catalog/default/resource/shop',
  );
  expect(screen.getByText('Held')).toBeInTheDocument();
  expect(screen.getByText('1 image depends directly on this image.')).toBeInTheDocument();
});

it('shows the first ten, and all of them on request, by keyboard too', async () => {
  server.use(imageIs(() => ({ ...BASE, dependents: many(12) })));
  const user = userEvent.setup();
  show(CARD);
  expect(await screen.findByText('12 images depend directly on this image.')).toBeInTheDocument();
  expect(screen.getAllByRole('listitem')).toHaveLength(10);

  act(() => screen.getByRole('button', { name: 'Show all 12' }).focus());
  await user.keyboard('{Enter}');

  expect(screen.getAllByRole('listitem')).toHaveLength(12);
  const fewer = screen.getByRole('button', { name: 'Show the first 10' });
  expect(fewer).toHaveFocus();
  await user.keyboard('{Enter}');
  expect(screen.getAllByRole('listitem')).toHaveLength(10);
});

it('has no button where there are ten', async () => {
  server.use(imageIs(() => ({ ...BASE, dependents: many(10) })));

  show(CARD);

  expect(await screen.findByRole('link', { name: 'app-10' })).toBeInTheDocument();
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
});

it('says that nothing depends on the image', async () => {
  server.use(imageIs(() => BASE));

  show(CARD);

  expect(await screen.findByText('No managed image depends on this image.')).toBeInTheDocument();
});

it('says that the service is down', async () => {
  server.use(http.get(`${SERVICE}/api/v1/images/portal`, isDown));

  show(CARD);

  expect(await screen.findByText('connect ECONNREFUSED')).toBeInTheDocument();
});

it('says that the caller may not read it', async () => {
  server.use(
    http.get(`${SERVICE}/api/v1/images/portal`, () => HttpResponse.json({ message: 'No.' }, { status: 403 })),
  );

  show(CARD);

  expect(await screen.findByText('You do not have permission to see this')).toBeInTheDocument();
});
