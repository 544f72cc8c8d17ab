import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { show } from '../__testUtils__/render';
import { SERVICE, serviceForTests } from '../__testUtils__/service';
import { DIGEST, OTHER, serveVersions, version } from '../__testUtils__/versions';

const server = serviceForTests();

/** The tab with a version, and the service with the details of it. */
function open(more: object = {}) {
  serveVersions(server, [version('1.4', { size: null })]);
  server.use(
    http.get(`${SERVICE}/api/v1/images/:name/versions/:tag`, ({ params }) =>
      HttpResponse.json(version(String(params.tag), more)),
    ),
  );
  show('entity-content:image-factory/versions');
}

const details = async () => screen.findByRole('button', { name: 'Details of 1.4' });
const opened = async () => within(await screen.findByRole('dialog', { name: 'Details of 1.4' }));
/** The value beside a name. */
const fact = (dialog: ReturnType<typeof within>, name: string) =>
  dialog.getByText(name).closest('dt')!.nextElementSibling;

it('shows everything that is known of a version', async () => {
  open({
    kind: 'image',
    builtAt: '2026-11-19T10:00:00Z',
    expiresAt: '2099-01-01T00:00:00Z',
    version: '1.4.0',
    revision: '4f2a0c1',
    revisionUrl: 'https://github.com/acme/portal/commit/4f2a0c1',
    source: 'https://git.example/portal',
    signed: true,
    sbom: false,
    vulnerabilities: { applicable: true, critical: 0, high: 3, medium: 0, low: 0, unrated: 0 },
    builtFrom: [{ digest: DIGEST, name: 'node-22', reference: 'node:22' }],
  });
  await userEvent.click(await details());

  const dialog = await opened();
  await dialog.findByText('245 MiB');
  expect(fact(dialog, 'Kind')).toHaveTextContent('Image');
  expect(fact(dialog, 'Version')).toHaveTextContent('1.4.0');
  expect(dialog.getByRole('link', { name: '4f2a0c1' })).toHaveAttribute(
    'href',
    'https://github.com/acme/portal/commit/4f2a0c1',
  );
  expect(fact(dialog, 'Source')).toHaveTextContent('https://git.example/portal');
  expect(dialog.queryByRole('link', { name: /git\.example/ })).not.toBeInTheDocument();
  expect(fact(dialog, 'Signed')).toHaveTextContent('Yes');
  expect(fact(dialog, 'SBOM')).toHaveTextContent('No');
  expect(fact(dialog, 'Provenance')).toHaveTextContent('Unknown');
  expect(fact(dialog, 'Vulnerabilities')).toHaveTextContent('3 high');
  expect(fact(dialog, 'Built from')).toHaveTextContent('node-22');
  expect(fact(dialog, 'Built from')).toHaveTextContent('sha256:0123456789ab');
  expect(fact(dialog, 'Expires')!.querySelector('time')).toHaveAttribute('dateTime', '2099-01-01T00:00:00Z');
});

it('copies the digest, and the reference with tag and digest', async () => {
  open();
  const user = userEvent.setup();
  const copied = jest.spyOn(navigator.clipboard, 'writeText');
  await user.click(await details());
  const dialog = within(await (await opened()).findByRole('list', { name: 'Platforms' }));
  expect(dialog.getByText('1 MiB')).toBeInTheDocument();

  await user.click(screen.getByRole('button', { name: `Copy ${OTHER}` }));
  expect(copied).toHaveBeenLastCalledWith(OTHER);
  await user.click(screen.getByRole('button', { name: /^Copy ghcr\.io\/acme\/portal:/ }));
  expect(copied).toHaveBeenLastCalledWith(expect.stringMatching(/^ghcr\.io\/acme\/portal:.*@sha256:/));
});

it('copies the digest and the pull command of a platform', async () => {
  open();
  const user = userEvent.setup();
  const copied = jest.spyOn(navigator.clipboard, 'writeText');
  await user.click(await details());
  const platforms = within(await (await opened()).findByRole('list', { name: 'Platforms' }));

  expect(platforms.getByText('1 MiB')).toBeInTheDocument();
  await user.click(platforms.getByRole('button', { name: 'Copy the digest of linux/arm64/v8' }));
  expect(copied).toHaveBeenLastCalledWith(OTHER);
  await user.click(platforms.getByRole('button', { name: 'Copy the pull command of linux/arm64/v8' }));
  expect(copied).toHaveBeenLastCalledWith(`docker pull ghcr.io/acme/portal@${OTHER}`);
});

it('opens and closes by keyboard, and the focus returns to the button', async () => {
  open();
  const user = userEvent.setup();
  const button = await details();
  act(() => button.focus());
  await user.keyboard('{Enter}');
  await opened();

  await user.keyboard('{Escape}');

  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  await waitFor(() => expect(button).toHaveFocus());
});

it('says that details are still being read, and asks until they are there', async () => {
  open({ size: null, signed: null, pending: true });
  await userEvent.click(await details());
  const dialog = await opened();
  await waitFor(() => expect(fact(dialog, 'Size')).toHaveTextContent('Loading…'));
  server.use(
    http.get(`${SERVICE}/api/v1/images/:name/versions/:tag`, () =>
      HttpResponse.json(version('1.4', { signed: false })),
    ),
  );

  await waitFor(() => expect(fact(dialog, 'Signed')).toHaveTextContent('No'), { timeout: 4_000 });
  expect(fact(dialog, 'Size')).toHaveTextContent('245 MiB');
});

it('says why details could not be read', async () => {
  open({ problem: 'quay.io answered 401: its credentials are not enough' });
  await userEvent.click(await details());

  expect(
    await (await opened()).findByText('quay.io answered 401: its credentials are not enough'),
  ).toBeInTheDocument();
});

it('says what is wrong if the version cannot be loaded, and loads it on request', async () => {
  open();
  server.use(
    http.get(`${SERVICE}/api/v1/images/:name/versions/:tag`, () =>
      HttpResponse.json({ message: 'the registry does not list the tag 1.4' }, { status: 404 }),
    ),
  );
  await userEvent.click(await details());
  const dialog = await opened();
  expect(await dialog.findByText('the registry does not list the tag 1.4')).toBeInTheDocument();
});

it('closes by its button', async () => {
  open();
  await userEvent.click(await details());

  await userEvent.click((await opened()).getByRole('button', { name: 'Close' }));

  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
});
