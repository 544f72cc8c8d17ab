import { fireEvent, screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { show } from '../__testUtils__/render';
import { SERVICE, serviceForTests } from '../__testUtils__/service';
import { pass, soon, timeByHand } from '../__testUtils__/timers';

const server = serviceForTests();
timeByHand();

/** The service with one version; returns the texts that it was asked for. */
function serve(answer: () => Response) {
  const asked: (string | null)[] = [];
  server.use(
    http.get(`${SERVICE}/api/v1/images/:name`, () => HttpResponse.json({ name: 'portal' })),
    http.get(`${SERVICE}/api/v1/images/:name/versions`, ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('q'));
      return answer();
    }),
  );
  return asked;
}

const one = () =>
  HttpResponse.json({
    items: [{ tag: '1.4', reference: 'ghcr.io/acme/portal:1.4', platforms: [], aliases: [] }],
    total: 1,
    order: 'published',
    stale: false,
    fetchedAt: '2026-11-28T10:00:00Z',
  });
const open = () => show('entity-content:image-factory/versions');
const row = () => soon(() => screen.getByRole('row', { name: /1\.4/ }));

it('searches once, when nothing was typed for a moment', async () => {
  const asked = serve(one);
  open();
  await row();
  const box = screen.getByRole('searchbox', { name: 'Tag contains' });

  for (const text of ['a', 'al', 'alp']) {
    fireEvent.change(box, { target: { value: text } });
    await pass(250);
  }
  expect(asked).toEqual([null]);
  await pass(100);

  await soon(() => expect(asked).toEqual([null, 'alp']));
});

it('loads the versions by itself when the registry works again', async () => {
  serve(() => HttpResponse.json({ message: 'ghcr.io does not answer' }, { status: 503 }));
  open();
  expect(await soon(() => screen.getByText('ghcr.io does not answer'))).toBeInTheDocument();

  serve(one);
  await pass(16_000);

  expect(await row()).toBeInTheDocument();
});

it('says how far a long first list was read, and asks again when the service says', async () => {
  const message = 'ghcr.io/acme/portal: the list of tags is still being read, 12,300 tags so far';
  const asked = serve(() => HttpResponse.json({ message }, { status: 503, headers: { 'Retry-After': '5' } }));
  open();
  expect(await soon(() => screen.getByText(message))).toBeInTheDocument();
  expect(screen.getByText('Not ready yet. This loads again by itself.')).toBeInTheDocument();
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  expect(asked).toHaveLength(1);

  serve(one);
  await pass(5_100);

  expect(await row()).toBeInTheDocument();
  expect(screen.queryByText(message)).not.toBeInTheDocument();
});

it('does not ask again and again for what it may not see', async () => {
  const asked = serve(() => HttpResponse.json({ message: 'no' }, { status: 403 }));
  open();
  await soon(() => screen.getByText('You do not have permission to see this'));

  await pass(120_000);

  expect(asked).toHaveLength(1);
});

it('says for a moment that it copied', async () => {
  serve(one);
  Object.assign(navigator, { clipboard: { writeText: async () => undefined } });
  open();
  const shown = within(await row());

  fireEvent.click(shown.getByRole('button', { name: 'Copy the reference of 1.4' }));
  await soon(() => expect(shown.getByRole('status')).toHaveTextContent('Copied'));
  await pass(4_100);

  expect(shown.queryByRole('status')).not.toBeInTheDocument();
});

it('asks again by itself while the service reads details, and stops when it has them', async () => {
  let complete = false;
  const asked = serve(() =>
    HttpResponse.json({
      items: [
        { tag: '1.4', reference: 'ghcr.io/acme/portal:1.4', platforms: [], aliases: [], pending: !complete },
      ],
      total: 1,
      order: 'version',
      stale: false,
      complete,
      unread: 0,
      fetchedAt: '2026-11-28T10:00:00Z',
    }),
  );
  open();
  const shown = within(await row());
  expect(shown.getAllByText('Loading…').length).toBeGreaterThan(1);
  expect(screen.getByText(/^Reading more details/)).toBeInTheDocument();

  await pass(2_100);
  expect(asked).toHaveLength(2);
  complete = true;
  await pass(2_100);
  expect(asked).toHaveLength(3);
  expect(screen.queryByText(/^Reading more details/)).not.toBeInTheDocument();
  expect(shown.queryByText('Loading…')).not.toBeInTheDocument();
  await pass(60_000);

  expect(asked).toHaveLength(3);
});
