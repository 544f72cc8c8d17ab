import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { show } from '../__testUtils__/render';
import { serviceForTests } from '../__testUtils__/service';
import { DIGEST, OTHER, serveVersions, version } from '../__testUtils__/versions';

const server = serviceForTests();
const open = () => show('entity-content:image-factory/versions');
const row = async (name: RegExp) => within(await screen.findByRole('row', { name }));

it('says what a tag holds if it is no image', async () => {
  serveVersions(server, [
    version('1.4'),
    version('chart-1', { kind: 'chart', platforms: [], vulnerabilities: { applicable: false } }),
    version('cache-1', { kind: 'cache', platforms: [] }),
    version('sbom-1', { kind: 'artifact', platforms: [] }),
  ]);
  open();

  expect((await row(/chart-1/)).getByText('Helm chart')).toBeInTheDocument();
  expect((await row(/chart-1/)).getByText('Not applicable')).toBeInTheDocument();
  expect((await row(/cache-1/)).getByText('Build cache')).toBeInTheDocument();
  expect((await row(/sbom-1/)).getByText('Artifact')).toBeInTheDocument();
  expect((await row(/1\.4/)).queryByText('Image')).not.toBeInTheDocument();
});

it('marks a tag of Docker Hub that nobody pulls, and explains the mark', async () => {
  serveVersions(server, [
    version('alpha', { activity: 'inactive' }),
    version('beta', { activity: 'stale' }),
    version('1.4', { activity: 'active' }),
  ]);
  open();

  expect((await row(/alpha/)).getByText('Inactive on Docker Hub').closest('[title]')).toHaveAttribute(
    'title',
    'Docker Hub: nobody pushed or pulled this tag in the past month',
  );
  expect((await row(/beta/)).getByText('Inactive on Docker Hub')).toBeInTheDocument();
  expect((await row(/1\.4/)).queryByText('Inactive on Docker Hub')).not.toBeInTheDocument();
});

it('says why a version could not be read', async () => {
  serveVersions(server, [
    version('1.4', { digest: null, problem: 'ghcr.io answered 401: it wants credentials' }),
  ]);
  open();

  expect((await row(/1\.4/)).getByText('ghcr.io answered 401: it wants credentials')).toBeInTheDocument();
});

it('tells versions of Windows apart, and shows platforms without a digest', async () => {
  const windows = (osVersion: string | null) => ({
    os: 'windows',
    architecture: 'amd64',
    variant: null,
    digest: null,
    size: null,
    osVersion,
  });
  serveVersions(server, [
    version('ltsc', { platforms: [windows('10.0.26100'), windows('10.0.20348'), windows(null)] }),
  ]);
  open();

  const shown = await row(/ltsc/);
  expect(shown.getByText('windows/amd64 (10.0.26100)')).toBeInTheDocument();
  expect(shown.getByText('windows/amd64 (10.0.20348)')).toBeInTheDocument();
  expect(shown.getByText('windows/amd64')).toBeInTheDocument();
});

it('shows vulnerabilities by severity, and what there is about the image', async () => {
  serveVersions(server, [
    version('1.4', {
      signed: true,
      sbom: true,
      provenance: false,
      vulnerabilities: { applicable: true, critical: 2, high: 1_500, medium: 0, low: 0, unrated: 1 },
    }),
    version('1.3', {
      vulnerabilities: { applicable: true, critical: 0, high: 0, medium: 0, low: 0, unrated: 0 },
    }),
  ]);
  open();

  const shown = await row(/1\.4/);
  expect(shown.getByText('2 critical, 1,500 high, 1 unrated')).toBeInTheDocument();
  expect(shown.getByText('Signed')).toBeInTheDocument();
  expect(shown.getByText('SBOM')).toBeInTheDocument();
  expect(shown.queryByText('Provenance')).not.toBeInTheDocument();
  expect((await row(/1\.3/)).getByText('No vulnerabilities found')).toBeInTheDocument();
});

it('has no column for security where the registry shows nothing', async () => {
  serveVersions(server, [version('1.4')]);
  open();
  await row(/1\.4/);

  expect(screen.queryByRole('columnheader', { name: 'Security' })).not.toBeInTheDocument();
});

it('shows when a version was built if the registry has no dates, and when it expires', async () => {
  serveVersions(server, [
    version('1.4', { publishedAt: null, builtAt: '2026-11-20T10:00:00Z', expiresAt: '2099-01-01T00:00:00Z' }),
  ]);
  open();

  const shown = await row(/1\.4/);
  expect(shown.getByText(/^built/)).toHaveTextContent(/ago|week/);
  expect(shown.getByText(/^expires/).querySelector('time')).toHaveAttribute(
    'dateTime',
    '2099-01-01T00:00:00Z',
  );
});

it('links the revision to its commit, and only to an address of the web', async () => {
  const revision = '4f2a0c1d9e8b7a6f5e4d3c2b1a09f8e7d6c5b4a3';
  serveVersions(server, [
    version('1.4', { revision, revisionUrl: `https://github.com/acme/portal/commit/${revision}` }),
    version('1.3', { revision, revisionUrl: 'data:text/html,x' }),
  ]);
  open();

  const link = (await row(/1\.4/)).getByRole('link', { name: 'Revision 4f2a0c1d9e8b' });
  expect(link).toHaveAttribute('href', `https://github.com/acme/portal/commit/${revision}`);
  expect((await row(/1\.3/)).getByText('Revision 4f2a0c1d9e8b')).toBeInTheDocument();
  expect((await row(/1\.3/)).queryByRole('link', { name: /Revision/ })).not.toBeInTheDocument();
});

it('says since when the current digest is known, and what it was built from', async () => {
  const builtFrom = [
    { digest: OTHER, name: 'node-22', reference: 'node:22' },
    { digest: DIGEST, name: null, reference: null },
  ];
  serveVersions(
    server,
    [version('1.4', { digest: DIGEST, firstSeen: '2026-11-20T10:00:00Z', builtFrom })],
    {},
    { digest: DIGEST },
  );
  open();

  const shown = await row(/1\.4/);
  expect(shown.getByText(/^Known here since/).querySelector('time')).toHaveAttribute(
    'dateTime',
    '2026-11-20T10:00:00Z',
  );
  expect(
    shown.getByText('Built from node:22 (sha256:ffffffffffff), sha256:0123456789ab'),
  ).toBeInTheDocument();
});

it('says when a digest was first seen where the registry knows no dates', async () => {
  const undated = { publishedAt: null, builtAt: null };
  serveVersions(server, [
    version('alpha', { ...undated, firstSeen: '2026-11-20T10:00:00Z' }),
    version('beta', undated),
    version('gamma', { ...undated, builtAt: '2026-11-19T10:00:00Z', firstSeen: '2026-11-20T10:00:00Z' }),
  ]);
  open();

  expect((await row(/alpha/)).getByText(/^first seen/).querySelector('time')).toHaveAttribute(
    'dateTime',
    '2026-11-20T10:00:00Z',
  );
  expect((await row(/beta/)).getByText('Unknown')).toBeInTheDocument();
  expect((await row(/gamma/)).getByText(/^built/)).toBeInTheDocument();
});

it('asks for one kind, on the first page', async () => {
  const asked = serveVersions(server, [version('1.4')], { total: 45 });
  open();
  await screen.findByText('1 to 20 of 45');
  await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));
  await screen.findByText('21 to 40 of 45');

  await userEvent.click(screen.getByRole('button', { name: /Kind/ }));
  await userEvent.click(await screen.findByRole('option', { name: 'Helm chart' }));

  await waitFor(() => expect(asked.at(-1)).toMatchObject({ kind: 'chart', page: '1' }));
  expect(asked[0]).not.toHaveProperty('kind');
});

it('says how many tags are left out because their kind is not known', async () => {
  serveVersions(server, [version('1.4')], { unread: 1_200 });
  open();

  expect(
    await screen.findByText('The kind of 1,200 tags is not known; they are left out.'),
  ).toBeInTheDocument();
});

it('says where a size is to be found that is not read for the list', async () => {
  serveVersions(server, [version('1.4', { size: null }), version('1.3', { size: null, platforms: [] })]);
  open();

  expect((await row(/1\.4/)).getByText('In details')).toBeInTheDocument();
  expect((await row(/1\.3/)).getAllByText('Unknown')).toHaveLength(2);
});
