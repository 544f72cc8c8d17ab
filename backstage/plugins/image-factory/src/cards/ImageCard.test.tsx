import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { days, digest, imageIs, isDown, MANAGED, noChecks } from '../__testUtils__/images';
import { PORTAL, show } from '../__testUtils__/render';
import { SERVICE, serviceForTests } from '../__testUtils__/service';

const server = serviceForTests();
const CARD = 'entity-card:image-factory/image';
const factOf = (label: string) => screen.getByText(label).closest('dt')!.nextElementSibling as HTMLElement;

it('shows the status in words, and the reason of the service as it is', async () => {
  server.use(
    imageIs(() => MANAGED),
    noChecks,
  );

  show(CARD);

  expect(await screen.findByText('Waiting')).toBeInTheDocument();
  expect(screen.getByText(MANAGED.reason)).toBeInTheDocument();
  expect(screen.getByRole('article', { name: 'Image' })).toBeInTheDocument();
});

it('shows the digest short, what it was built from, and when', async () => {
  server.use(
    imageIs(() => MANAGED),
    noChecks,
  );
  show(CARD);
  await screen.findByText('Waiting');

  expect(within(factOf('Current digest')).getByText('sha256:aaaaaaaaaaaa')).toBeInTheDocument();
  expect(factOf('Built from')).toHaveTextContent(/node-22 sha256:bbbbbbbbbbbb.*verified in the built image/);
  expect(factOf('Last built')).toHaveTextContent('1 month ago');
  expect(factOf('Last checked')).toHaveTextContent('1 day ago');
  expect(factOf('Last rebuild')).toHaveTextContent('Not rebuilt yet');
});

it('says on which day the next rebuild can start', async () => {
  server.use(
    imageIs(() => ({ ...MANAGED, nextEligibleAt: '2031-12-05T10:00:00Z' })),
    noChecks,
  );

  show(CARD);

  await screen.findByText('Waiting');
  expect(factOf('Next rebuild')).toHaveTextContent(/on or after 5 Dec 2031 \(in \d years?\)/);
});

it('marks a digest that nothing shows to be built from', async () => {
  const [base] = MANAGED.dependencies;
  const dependencies = [{ ...base, evidence: 'assumed' }];
  server.use(
    imageIs(() => ({ ...MANAGED, dependencies })),
    noChecks,
  );

  show(CARD);

  expect(await screen.findByText('assumed: nothing shows it')).toBeInTheDocument();
});

it.each([
  [{ conclusion: 'success', status: 'completed' }, 'Success 2 days ago, requested by image-factory'],
  [{ conclusion: 'failure', status: 'completed', error: 'exit 1' }, 'Failed 2 days ago'],
  [{ conclusion: null, status: 'running', completedAt: null }, 'Running 3 days ago'],
  [{ conclusion: 'timed_out', status: 'completed', emergency: true }, 'Emergency: Timed out 2 days ago'],
])('shows the last rebuild %o as: %s', async (rebuild, words) => {
  const lastRebuild = {
    id: 'r1',
    requestedAt: days(-3.1),
    completedAt: days(-2.1),
    requestedBy: 'image-factory',
    reason: 'node:22 changed',
    url: 'https://github.com/acme/portal/actions/runs/7',
    ...rebuild,
  };
  server.use(
    imageIs(() => ({ ...MANAGED, lastRebuild })),
    noChecks,
  );

  show(CARD);

  await screen.findByText('node:22 changed');
  expect(factOf('Last rebuild')).toHaveTextContent(words);
  expect(screen.getByRole('link', { name: 'Open the run' })).toHaveAttribute('href', lastRebuild.url);
});

it('makes no link of an address that is not of the web', async () => {
  const lastRebuild = { id: 'r1', status: 'running', reason: 'x', url: 'ftp://ghcr.io/portal' };
  server.use(
    imageIs(() => ({ ...MANAGED, lastRebuild })),
    noChecks,
  );

  show(CARD);

  await screen.findByText('Waiting');
  expect(screen.queryByRole('link', { name: 'Open the run' })).not.toBeInTheDocument();
});

it('shows who holds the image, why and until when', async () => {
  const hold = {
    reason: 'freeze',
    by: 'user:default/jane',
    since: days(-1.1),
    until: '2031-01-02T00:00:00Z',
  };
  server.use(
    imageIs(() => ({ ...MANAGED, status: 'held', hold })),
    noChecks,
  );

  show(CARD);

  expect(await screen.findByText('On hold: freeze')).toBeInTheDocument();
  expect(screen.getByText('by user:default/jane')).toBeInTheDocument();
  expect(screen.getByText('until 2031-01-02 00:00 UTC')).toBeInTheDocument();
});

it('shows a hold without an end, skipped digests, rebuilds that wait, and requests that just came', async () => {
  server.use(
    imageIs(() => ({
      ...MANAGED,
      hold: { reason: 'by hand', by: null, since: null, until: null },
      skips: [{ digest: digest('d'), by: 'jane', reason: 'broken OpenSSL', at: days(-2.1) }],
      asked: [
        { reason: 'certificates', requestedBy: 'joe', at: days(-1.1), emergency: true, cve: 'CVE-2026-1234' },
      ],
      requests: [{ id: 'q1', kind: 'release', requestedBy: 'jane', reason: 'done', at: days(0) }],
    })),
    noChecks,
  );

  show(CARD);

  expect(await screen.findByText('until somebody releases it')).toBeInTheDocument();
  expect(screen.getByText(/is skipped by jane: broken OpenSSL/)).toHaveTextContent('2 days ago');
  expect(screen.getByText('Emergency rebuild requested by joe: certificates')).toBeInTheDocument();
  expect(screen.getByText(/CVE-2026-1234/)).toBeInTheDocument();
  expect(screen.getByText(/^Release requested by jane; the service carries it out/)).toBeInTheDocument();
});

it('shows the last error only where the reason does not name it', async () => {
  let reason = 'it waits';
  const lastError = { at: days(-1.1), message: 'the registry refused' };
  server.use(
    imageIs(() => ({ ...MANAGED, reason, lastError })),
    noChecks,
  );
  const { unmount } = show(CARD);
  expect(await screen.findByText('the registry refused')).toBeInTheDocument();
  unmount();

  reason = 'failed: the registry refused';
  show(CARD);

  expect(await screen.findByText(reason)).toBeInTheDocument();
  expect(screen.queryByText('the registry refused')).not.toBeInTheDocument();
});

it('shows the next check, unless webhooks make it rare', async () => {
  const part = { part: 'worker', nextAt: days(0.5), resting: ['quay.io'] };
  const checks = (resting: string[]) =>
    http.get(`${SERVICE}/api/v1/checks`, () => HttpResponse.json({ items: [{ ...part, resting }] }));
  server.use(
    imageIs(() => MANAGED),
    checks(['quay.io']),
  );
  const { unmount } = show(CARD);
  await screen.findByText('Next check');
  expect(factOf('Next check')).toHaveTextContent('in 11 hours');
  unmount();

  server.use(checks(['ghcr.io']));
  show(CARD);

  await screen.findByText('Waiting');
  expect(screen.queryByText('Next check')).not.toBeInTheDocument();
});

it('links the pages of the entity', async () => {
  server.use(
    imageIs(() => MANAGED),
    noChecks,
  );
  const links = [
    { url: 'https://github.com/acme/portal', title: 'Source' },
    { url: 'ftp://ghcr.io/portal', title: 'Bad' },
  ];

  show(CARD, { ...PORTAL, metadata: { ...PORTAL.metadata, links } });

  expect(await screen.findByRole('link', { name: 'Source' })).toHaveAttribute('href', links[0].url);
  expect(screen.queryByText('Bad')).not.toBeInTheDocument();
});

it('shows a base image without what only managed images have', async () => {
  server.use(
    imageIs(() => ({ ...MANAGED, role: 'base', lastBuilt: null, digest: null, lastChecked: null })),
    noChecks,
  );

  show(CARD);

  await screen.findByText('Waiting');
  expect(screen.queryByText('Last rebuild')).not.toBeInTheDocument();
  expect(screen.queryByText('Built from')).not.toBeInTheDocument();
  expect(factOf('Current digest')).toHaveTextContent('Not checked yet');
});

it('shows a status that changes while the card is open', async () => {
  jest.useFakeTimers({ advanceTimers: true });
  let image: object = MANAGED;
  server.use(
    imageIs(() => image as never),
    noChecks,
  );
  show(CARD);
  await screen.findByText('Waiting');

  image = { ...MANAGED, status: 'rebuilding', reason: 'build 7 is running' };

  expect(await screen.findByText('Rebuilding')).toBeInTheDocument();
  expect(screen.getByText('build 7 is running')).toBeInTheDocument();
  jest.useRealTimers();
});

it('says that the service is down, and reads again on request', async () => {
  let up = false;
  server.use(
    http.get(`${SERVICE}/api/v1/images/portal`, () => (up ? HttpResponse.json(MANAGED) : isDown())),
    noChecks,
  );
  show(CARD);
  expect(await screen.findByText('connect ECONNREFUSED')).toBeInTheDocument();

  up = true;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));

  expect(await screen.findByText('Waiting')).toBeInTheDocument();
  expect(screen.queryByText('connect ECONNREFUSED')).not.toBeInTheDocument();
});

it('keeps what it knows while the service is down', async () => {
  jest.useFakeTimers({ advanceTimers: true });
  let up = true;
  server.use(
    http.get(`${SERVICE}/api/v1/images/portal`, () => (up ? HttpResponse.json(MANAGED) : isDown())),
    noChecks,
  );
  show(CARD);
  await screen.findByText('Waiting');

  up = false;

  expect(await screen.findByText('Not current: the last attempt to refresh failed')).toBeInTheDocument();
  expect(screen.getByText('Waiting')).toBeInTheDocument();
  jest.useRealTimers();
});

it.each([
  [403, 'You may not read images.', 'You do not have permission to see this'],
  [404, 'There is no image named portal.', 'This could not be loaded'],
])('says why the image cannot be shown: %i', async (status, message, title) => {
  server.use(
    http.get(`${SERVICE}/api/v1/images/portal`, () => HttpResponse.json({ message }, { status })),
    noChecks,
  );

  show(CARD);

  expect(await screen.findByText(message)).toBeInTheDocument();
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent(title));
});
