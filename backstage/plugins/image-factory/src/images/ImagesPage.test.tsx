import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { show } from '../__testUtils__/render';
import { SERVICE, serviceForTests } from '../__testUtils__/service';

const server = serviceForTests();
const portal = { name: 'portal', role: 'managed', status: 'waiting', reason: 'node:22 is 2 days old' };

it('lists the images with links to their entities', async () => {
  server.use(http.get(`${SERVICE}/api/v1/images`, () => HttpResponse.json({ items: [portal] })));

  show('page:image-factory');

  expect(await screen.findByRole('link', { name: 'portal' })).toHaveAttribute(
    'href',
    '/catalog/default/resource/portal',
  );
  expect(screen.getByText('Waiting')).toBeInTheDocument();
});

it('says why the images cannot be loaded, and loads them on request', async () => {
  let up = false;
  server.use(
    http.get(`${SERVICE}/api/v1/images`, () =>
      up
        ? HttpResponse.json({ items: [portal] })
        : HttpResponse.json({ error: { message: 'connect ECONNREFUSED' } }, { status: 504 }),
    ),
  );
  show('page:image-factory');
  expect(await screen.findByText('connect ECONNREFUSED')).toBeInTheDocument();

  up = true;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));

  expect(await screen.findByRole('link', { name: 'portal' })).toBeInTheDocument();
});
