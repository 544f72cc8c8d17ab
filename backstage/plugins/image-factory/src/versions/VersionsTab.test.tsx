import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { BASE, PORTAL, show } from '../__testUtils__/render';
import { SERVICE, serviceForTests } from '../__testUtils__/service';
import { DIGEST, OTHER, serveVersions, version } from '../__testUtils__/versions';

const server = serviceForTests();
const serve = (...more: Parameters<typeof serveVersions> extends [unknown, ...infer Rest] ? Rest : never) =>
  serveVersions(server, ...more);
const open = (entity = PORTAL) => show('entity-content:image-factory/versions', entity);
const row = async (name: RegExp) => screen.findByRole('row', { name });

it('shows the tag with a link to the registry, a short digest, size, platforms and age', async () => {
  serve([version('1.4', { digest: DIGEST, aliases: ['1', 'latest'] })]);
  open();

  const shown = within(await row(/1\.4/));

  expect(shown.getByRole('link', { name: '1.4' })).toHaveAttribute('href', version('1.4').url);
  expect(shown.getByText('sha256:0123456789ab')).toHaveAttribute('title', DIGEST);
  expect(shown.getByText('245 MiB')).toHaveAttribute(
    'title',
    '245 mebibytes, compressed (257,208,320 bytes)',
  );
  expect(shown.getByText('linux/arm64/v8')).toHaveAttribute(
    'title',
    'linux/arm64/v8: 1 mebibytes, compressed',
  );
  expect(shown.getByText(/ago|week/).closest('time')).toHaveAttribute('dateTime', '2026-11-20T10:00:00Z');
  expect(shown.getByText(/ago|week/).closest('time')).toHaveAttribute(
    'title',
    expect.stringContaining('2026-11-20 10:00 UTC'),
  );
  expect(shown.getByText('Also 1, latest')).toBeInTheDocument();
});

it('marks the tag that is enrolled and the digest that is current', async () => {
  serve([version('1.4'), version('1.3', { digest: DIGEST })], {}, { digest: DIGEST });
  open();

  expect(within(await row(/1\.4/)).getByText('Enrolled tag')).toBeInTheDocument();
  expect(within(await row(/1\.3/)).getByText('Current digest')).toBeInTheDocument();
  expect(screen.getAllByText('Current digest')).toHaveLength(1);
});

it('calls the tag of a base image the watched one', async () => {
  serve([version('22')], {}, { role: 'base', tag: '22' });
  open(BASE);

  expect(await screen.findByText('Watched tag')).toBeInTheDocument();
});

it('marks nothing as current while no digest is known', async () => {
  serve([version('1.4', { digest: null, size: null, platforms: [], url: null })], {}, { digest: null });
  open();

  const shown = within(await row(/1\.4/));

  expect(shown.getAllByText('Unknown')).toHaveLength(3);
  expect(shown.queryByText('Current digest')).not.toBeInTheDocument();
  expect(shown.queryByRole('link')).not.toBeInTheDocument();
});

it('makes no link of an address that is not of the web', async () => {
  serve([version('1.4', { url: 'data:text/html,x' })]);
  open();

  expect(within(await row(/1\.4/)).queryByRole('link')).not.toBeInTheDocument();
});

it('goes through the pages with the total of the service', async () => {
  const asked = serve([version('1.4')], { total: 45 });
  open();
  expect(await screen.findByText('1 to 20 of 45')).toBeInTheDocument();
  expect(screen.getByText('45 tags')).toBeInTheDocument();

  await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));
  expect(await screen.findByText('21 to 40 of 45')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));
  expect(await screen.findByText('41 to 45 of 45')).toBeInTheDocument();

  expect(screen.getByRole('button', { name: 'Next table page' })).toBeDisabled();
  await waitFor(() => expect(asked.map(query => query.page)).toEqual(['1', '2', '3']));
});

it('goes to the last page when the list became shorter', async () => {
  const asked = serve([version('1.4')], { total: 45 });
  open();
  await screen.findByText('1 to 20 of 45');
  serve([version('1.4')], { total: 5 });

  await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));

  expect(await screen.findByText('1 to 5 of 5')).toBeInTheDocument();
  expect(asked).toHaveLength(1);
});

it('searches for what was typed, on the first page', async () => {
  const asked = serve([version('1.4')], { total: 45 });
  open();
  await screen.findByText('1 to 20 of 45');
  await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));
  await screen.findByText('21 to 40 of 45');

  await userEvent.type(screen.getByRole('searchbox', { name: 'Tag contains' }), ' alp ');

  await waitFor(() => expect(asked.at(-1)).toEqual({ page: '1', pageSize: '20', q: 'alp' }));
});

it('asks for semantic versions only', async () => {
  const asked = serve([version('1.4')]);
  open();
  await row(/1\.4/);

  await userEvent.click(screen.getByRole('switch', { name: 'Only semantic versions' }));

  await waitFor(() => expect(asked.at(-1)).toMatchObject({ semver: 'true' }));
  expect(asked[0]).not.toHaveProperty('semver');
});

it('makes the service read the list anew on request', async () => {
  const asked = serve([version('1.4')]);
  open();
  await row(/1\.4/);
  serve([version('1.5')]);

  await userEvent.click(screen.getByRole('button', { name: 'Refresh' }));

  expect(await row(/1\.5/)).toBeInTheDocument();
  expect(asked).toHaveLength(1);
});

it('sends refresh=true only when it was asked to refresh', async () => {
  const asked = serve([version('1.4')]);
  open();
  await row(/1\.4/);

  await userEvent.click(screen.getByRole('button', { name: 'Refresh' }));
  await waitFor(() => expect(asked).toHaveLength(2));
  await userEvent.click(screen.getByRole('switch', { name: 'Only semantic versions' }));
  await waitFor(() => expect(asked).toHaveLength(3));

  expect(asked.map(({ refresh }) => refresh)).toEqual([undefined, 'true', undefined]);
});

it('says that the registry is unavailable, and since when the list is known', async () => {
  serve([version('1.4')], { stale: true });
  open();

  expect(
    await screen.findByText(/last known list, because ghcr\.io is unavailable/, { exact: false }),
  ).toBeInTheDocument();
  expect(screen.getByRole('row', { name: /1\.4/ })).toBeInTheDocument();
});

it('shows the last known list while a newer one is read, and since when it is known', async () => {
  serve([version('1.4')], { stale: true, reading: true, complete: false });
  open();

  expect(await screen.findByText(/This is the last known list, which was read/)).toBeInTheDocument();
  expect(screen.getByText(/A newer one is being read from ghcr\.io/)).toBeInTheDocument();
  expect(screen.queryByText(/unavailable/)).not.toBeInTheDocument();
  expect(screen.getByRole('row', { name: /1\.4/ })).toBeInTheDocument();
});

it('says that the list broke off, and why', async () => {
  serve([version('1.4')], { problem: 'quay.io answered 500 to GET /v2/acme/portal/tags/list' });
  open();

  expect(await screen.findByText(/The list of ghcr\.io broke off: versions are missing/)).toBeInTheDocument();
  expect(screen.getByText(/answered 500 to GET/)).toBeInTheDocument();
  expect(screen.getByRole('row', { name: /1\.4/ })).toBeInTheDocument();
});

it('says that the registry has no dates, and shows no empty column for them', async () => {
  serve([version('1.4', { publishedAt: null })], { order: 'version' });
  open();

  expect(await screen.findByText(/this registry has no dates/)).toBeInTheDocument();
  expect(screen.queryByRole('columnheader', { name: 'Age' })).not.toBeInTheDocument();
});

it('says so if there are no tags, and if the filters match none', async () => {
  serve([]);
  open();
  expect(await screen.findByText(/The repository has no tags yet/)).toBeInTheDocument();

  await userEvent.click(screen.getByRole('switch', { name: 'Only semantic versions' }));

  expect(await screen.findByText('No tag matches. Change the filters.')).toBeInTheDocument();
});

it('says why the versions cannot be loaded, and loads them on request', async () => {
  serve([]);
  server.use(
    http.get(`${SERVICE}/api/v1/images/:name/versions`, () =>
      HttpResponse.json({ message: 'ghcr.io answered 503; try again in 20 seconds' }, { status: 503 }),
    ),
  );
  open();
  expect(await screen.findByText('ghcr.io answered 503; try again in 20 seconds')).toBeInTheDocument();

  serve([version('1.4')]);
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));

  expect(await row(/1\.4/)).toBeInTheDocument();
});

it('keeps the list when a refresh fails', async () => {
  serve([version('1.4')]);
  open();
  await row(/1\.4/);
  server.use(
    http.get(`${SERVICE}/api/v1/images/:name/versions`, () =>
      HttpResponse.json({ message: 'the registry does not answer' }, { status: 502 }),
    ),
  );

  await userEvent.click(screen.getByRole('button', { name: 'Refresh' }));

  expect(await screen.findByText('the registry does not answer')).toBeInTheDocument();
  expect(screen.getByRole('row', { name: /1\.4/ })).toBeInTheDocument();
});

it('says that the person may not see the versions', async () => {
  serve([]);
  server.use(
    http.get(`${SERVICE}/api/v1/images/:name/versions`, () =>
      HttpResponse.json({ message: 'jane may not read this' }, { status: 403 }),
    ),
  );
  open();

  expect(await screen.findByText('You do not have permission to see this')).toBeInTheDocument();
  expect(screen.getByText('jane may not read this')).toBeInTheDocument();
});

it('copies the reference and the pull command with the keyboard, and says so', async () => {
  serve([version('1.4')]);
  const user = userEvent.setup();
  const copied = jest.spyOn(navigator.clipboard, 'writeText');
  open();
  const shown = within(await row(/1\.4/));

  act(() => shown.getByRole('button', { name: 'Copy the reference of 1.4' }).focus());
  await user.keyboard('{Enter}');

  expect((await screen.findAllByRole('status')).map(status => status.textContent)).toContain('Copied');
  expect(copied).toHaveBeenLastCalledWith(`ghcr.io/acme/portal:1.4@${OTHER}`);

  await user.click(shown.getByRole('button', { name: 'Copy the pull command of 1.4' }));
  expect(copied).toHaveBeenLastCalledWith(`docker pull ghcr.io/acme/portal:1.4@${OTHER}`);
});

it('copies in another way, or shows the text, where the browser refuses the clipboard', async () => {
  serve([version('1.4')]);
  const user = userEvent.setup();
  jest.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('no', 'NotAllowedError'));
  const older = jest.fn(() => true);
  document.execCommand = older;
  open();
  const button = within(await row(/1\.4/)).getByRole('button', { name: 'Copy the reference of 1.4' });

  await user.click(button);
  await waitFor(() => expect(older).toHaveBeenCalledWith('copy'));
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument();

  older.mockReturnValue(false);
  await user.click(button);
  expect(await screen.findByRole('textbox', { name: 'Copy this text' })).toHaveValue(
    `ghcr.io/acme/portal:1.4@${OTHER}`,
  );
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
});

it('links to the builds of a managed image', async () => {
  serve([version('1.4')]);
  open();
  expect(await screen.findByRole('link', { name: 'Builds of this image' })).toHaveAttribute(
    'href',
    '/catalog/builds',
  );
});

it('has no link to the builds of a base image', async () => {
  serve([version('22')]);
  open(BASE);
  await row(/22/);

  expect(screen.queryByRole('link', { name: 'Builds of this image' })).not.toBeInTheDocument();
});
