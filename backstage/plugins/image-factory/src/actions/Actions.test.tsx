import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse, type JsonBodyType } from 'msw';
import {
  BASE,
  digest,
  EVERYTHING,
  imageIs,
  impactIs,
  isDown,
  MANAGED,
  noChecks,
} from '../__testUtils__/images';
import { show } from '../__testUtils__/render';
import { SERVICE, serviceForTests } from '../__testUtils__/service';

const server = serviceForTests();
const IMAGE = `${SERVICE}/api/v1/images/portal`;
const SKIP = { digest: digest('c'), reason: 'broken', by: 'jane', at: '2026-11-28T00:00:00Z' };

/** Shows the Image card; the test can change the image meanwhile. */
function card(image: object = { ...MANAGED, may: EVERYTHING }) {
  const world = { image, reads: 0 };
  server.use(
    imageIs(() => {
      world.reads += 1;
      return world.image as JsonBodyType;
    }),
    noChecks,
  );
  show('entity-card:image-factory/image');
  return world;
}

/** Accepts requests, and keeps their bodies. */
function accepting(
  method: 'post' | 'delete',
  path: string,
  answer: JsonBodyType = { message: 'It will happen.' },
) {
  const bodies: unknown[] = [];
  server.use(
    http[method](path, async ({ request }) => {
      bodies.push(await request.json());
      return HttpResponse.json(answer, { status: 202 });
    }),
  );
  return bodies;
}

const refusing = (status: number, body: JsonBodyType) =>
  server.use(http.post(`${IMAGE}/rebuilds`, () => HttpResponse.json(body, { status })));

async function open(user: ReturnType<typeof userEvent.setup>, act: string) {
  await user.click(await screen.findByRole('button', { name: act }));
  return within(await screen.findByRole('dialog', { name: `${act}: portal` }));
}

it('has no button where nothing is permitted', async () => {
  card({ ...MANAGED, may: MANAGED.may });

  await screen.findByText('Waiting');
  expect(screen.queryByRole('group', { name: 'Actions' })).not.toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Rebuild' })).not.toBeInTheDocument();
});

it('says why an image cannot be rebuilt at all', async () => {
  card({ ...MANAGED, noBuild: 'there is no workflow', may: EVERYTHING });

  expect(await screen.findByText('It cannot be rebuilt: there is no workflow')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Rebuild' })).not.toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Hold' })).toBeInTheDocument();
});

it('asks for a rebuild with its reason, says what happens next, and reads the image again', async () => {
  const user = userEvent.setup();
  const world = card();
  const bodies = accepting('post', `${IMAGE}/rebuilds`);
  const dialog = await open(user, 'Rebuild');
  await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'certificates');
  await user.type(dialog.getByRole('textbox', { name: /CVE/ }), ' CVE-2026-12345 ');
  const before = world.reads;
  world.image = { ...MANAGED, status: 'rebuilding', may: EVERYTHING };

  await user.click(dialog.getByRole('button', { name: 'Rebuild' }));

  expect(await dialog.findByText('It will happen.')).toBeInTheDocument();
  expect(bodies).toEqual([
    { reason: 'certificates', cve: 'CVE-2026-12345', until: null, emergency: false, builtFrom: null },
  ]);
  expect(dialog.getByRole('link', { name: 'Follow the builds' })).toHaveAttribute('href', '/catalog/builds');
  await waitFor(() => expect(world.reads).toBeGreaterThan(before));
  await user.click(dialog.getByRole('button', { name: 'Done' }));
  expect(await screen.findByText('Rebuilding')).toBeInTheDocument();
});

it('shows what an emergency covers before it is confirmed', async () => {
  const user = userEvent.setup();
  card();
  const bodies = accepting('post', `${IMAGE}/rebuilds`, {
    message: 'The emergency rebuild of 1 image starts now.',
    notBuilt: [{ name: 'shop', reason: 'there is no workflow' }],
  });
  let answer: () => void = () => {};
  const asked = new Promise<void>(resolve => {
    answer = resolve;
  });
  server.use(
    http.get(`${IMAGE}/impact`, async ({ request }) => {
      expect(new URL(request.url).searchParams.get('emergency')).toBe('true');
      await asked;
      return HttpResponse.json({
        total: 2,
        items: [
          { name: 'portal', depth: 2, path: ['base-node', 'portal'], automatic: true, reason: null },
          {
            name: 'shop',
            depth: 1,
            path: ['shop'],
            automatic: false,
            reason: 'shop cannot be built: no workflow',
          },
        ],
      });
    }),
  );
  const dialog = await open(user, 'Emergency rebuild');
  expect(dialog.getByRole('button', { name: 'Emergency rebuild' })).toBeDisabled();

  answer();
  expect(await dialog.findByText('Will be rebuilt')).toBeInTheDocument();
  expect(dialog.getByText('after base-node')).toBeInTheDocument();
  expect(dialog.getByText('shop cannot be built: no workflow')).toBeInTheDocument();
  await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'OpenSSL');
  await user.type(dialog.getByRole('textbox', { name: /Until/ }), '2026-12-05');
  await user.click(dialog.getByRole('button', { name: 'Emergency rebuild' }));

  expect(await dialog.findByText('Not rebuilt: shop. there is no workflow')).toBeInTheDocument();
  expect(bodies).toEqual([
    { reason: 'OpenSSL', cve: null, until: '2026-12-05', emergency: true, builtFrom: null },
  ]);
});

it('does not let an emergency be confirmed that covers nothing', async () => {
  const user = userEvent.setup();
  card({ ...BASE, name: 'portal', may: EVERYTHING });
  server.use(impactIs([]));

  const dialog = await open(user, 'Emergency rebuild');

  expect(await dialog.findByText(/No managed image is built from portal/)).toBeInTheDocument();
  expect(dialog.getByRole('button', { name: 'Emergency rebuild' })).toBeDisabled();
});

it('holds an image until a date, and offers its release then', async () => {
  const user = userEvent.setup();
  const world = card();
  const bodies = accepting('post', `${IMAGE}/hold`);
  const dialog = await open(user, 'Hold');
  await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'freeze');
  await user.type(dialog.getByRole('textbox', { name: /Until/ }), '2026-12-05');
  world.image = {
    ...MANAGED,
    may: EVERYTHING,
    hold: { reason: 'freeze', by: 'jane', since: null, until: null },
  };
  await user.click(dialog.getByRole('button', { name: 'Hold' }));
  await dialog.findByText('It will happen.');
  expect(bodies).toEqual([{ reason: 'freeze', until: '2026-12-05' }]);

  await user.keyboard('{Enter}');

  const release = await screen.findByRole('button', { name: 'Release' });
  await waitFor(() => expect(release).toHaveFocus());
});

it('releases a hold without a reason', async () => {
  const user = userEvent.setup();
  card({ ...MANAGED, may: EVERYTHING, hold: { reason: 'freeze', by: null, since: null, until: null } });
  const bodies = accepting('delete', `${IMAGE}/hold`);
  const dialog = await open(user, 'Release');

  await user.click(dialog.getByRole('button', { name: 'Release' }));

  expect(await dialog.findByText('It will happen.')).toBeInTheDocument();
  expect(bodies).toEqual([{ reason: '' }]);
});

it('skips the newest digest of a dependency', async () => {
  const user = userEvent.setup();
  card();
  const bodies = accepting('post', `${IMAGE}/skips`);
  const dialog = await open(user, 'Skip a digest');
  await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'broken');

  await user.click(dialog.getByRole('button', { name: 'Skip a digest' }));

  await dialog.findByText('It will happen.');
  expect(bodies).toEqual([{ reason: 'broken', digest: digest('c') }]);
});

it('uses a skipped digest again', async () => {
  const user = userEvent.setup();
  card({ ...MANAGED, may: EVERYTHING, skips: [SKIP] });
  const bodies = accepting('delete', `${IMAGE}/skips`);
  const dialog = await open(user, 'Use a skipped digest again');

  await user.click(dialog.getByRole('button', { name: 'Use a skipped digest again' }));

  await dialog.findByText('It will happen.');
  expect(bodies).toEqual([{ reason: '', digest: digest('c') }]);
});

it('checks an image now', async () => {
  const user = userEvent.setup();
  card();
  const bodies = accepting('post', `${SERVICE}/api/v1/checks`, { names: ['portal'] });
  const dialog = await open(user, 'Check now');

  await user.click(dialog.getByRole('button', { name: 'Check now' }));

  expect(await dialog.findByText(/^portal will be checked now/)).toBeInTheDocument();
  expect(bodies).toEqual([{ names: ['portal'] }]);
});

it.each([
  [403, 'You may not rebuild portal.', 'You do not have permission for this'],
  [409, 'portal cannot be rebuilt: it has no workflow.', 'This is not possible now'],
  [404, 'There is no image named portal.', 'The request was not carried out'],
])('shows in the words of the service why it refuses: %i', async (status, message, title) => {
  const user = userEvent.setup();
  card();
  refusing(status, { message });
  const dialog = await open(user, 'Rebuild');
  await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'please');

  await user.click(dialog.getByRole('button', { name: 'Rebuild' }));

  const alert = await dialog.findByRole('alert');
  expect(alert).toHaveTextContent(title);
  expect(alert).toHaveTextContent(message);
  expect(dialog.getByRole('textbox', { name: /Reason/ })).toHaveValue('please');
});

it('shows what is wrong with a field at the field, until it is corrected', async () => {
  const user = userEvent.setup();
  card();
  refusing(422, {
    message: 'The request is not valid.',
    errors: {
      json: { reason: ['Say why; other people read it.'], cve: ['Not an id.'], builtFrom: ['Odd.'] },
    },
  });
  const dialog = await open(user, 'Rebuild');
  await user.type(dialog.getByRole('textbox', { name: /CVE/ }), 'x');

  await user.click(dialog.getByRole('button', { name: 'Rebuild' }));

  const reason = dialog.getByRole('textbox', { name: /Reason/ });
  await waitFor(() => expect(reason).toBeInvalid());
  expect(reason).toHaveAccessibleDescription(/Say why; other people read it\./);
  expect(dialog.getByRole('textbox', { name: /CVE/ })).toHaveAccessibleDescription(/Not an id\./);
  expect(dialog.getByRole('alert')).toHaveTextContent('The request is not valid. Odd.');
  expect(reason).toHaveFocus();

  await user.keyboard('c');

  expect(reason).toBeValid();
  expect(dialog.getByRole('textbox', { name: /CVE/ })).toBeInvalid();
});

it('keeps what was written while the service is down, and sends it on request', async () => {
  const user = userEvent.setup();
  card();
  server.use(http.post(`${IMAGE}/rebuilds`, isDown));
  const dialog = await open(user, 'Rebuild');
  await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'please');
  await user.click(dialog.getByRole('button', { name: 'Rebuild' }));
  expect(await dialog.findByText('connect ECONNREFUSED')).toBeInTheDocument();

  const bodies = accepting('post', `${IMAGE}/rebuilds`);
  await user.click(dialog.getByRole('button', { name: 'Rebuild' }));

  expect(await dialog.findByText('It will happen.')).toBeInTheDocument();
  expect(bodies).toHaveLength(1);
});

it('works by keyboard: opens, sends by Enter, closes by Escape, and the focus returns', async () => {
  const user = userEvent.setup();
  card();
  const bodies = accepting('post', `${IMAGE}/rebuilds`);
  const button = await screen.findByRole('button', { name: 'Rebuild' });
  while (document.activeElement !== button) await user.tab();
  await user.keyboard('{Enter}');
  const dialog = within(await screen.findByRole('dialog'));
  await waitFor(() => expect(dialog.getByRole('textbox', { name: /Reason/ })).toHaveFocus());

  await user.keyboard('certificates{Enter}');

  await dialog.findByText('It will happen.');
  expect(bodies).toHaveLength(1);
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  await waitFor(() => expect(button).toHaveFocus());
});

it('closes without a request', async () => {
  const user = userEvent.setup();
  card();
  const dialog = await open(user, 'Hold');

  await user.click(dialog.getByRole('button', { name: 'Cancel' }));

  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
});

it('keeps an open dialog when the permission ends, and shows the refusal', async () => {
  const user = userEvent.setup();
  const world = card();
  refusing(403, { message: 'You may not rebuild portal.' });
  const dialog = await open(user, 'Rebuild');
  world.image = { ...MANAGED, may: MANAGED.may };

  await user.click(dialog.getByRole('button', { name: 'Rebuild' }));

  expect(await dialog.findByText('You may not rebuild portal.')).toBeInTheDocument();
  await waitFor(() =>
    expect(screen.queryByRole('group', { name: 'Actions', hidden: true })).not.toBeInTheDocument(),
  );
  expect(screen.getByRole('dialog')).toBeInTheDocument();
});
