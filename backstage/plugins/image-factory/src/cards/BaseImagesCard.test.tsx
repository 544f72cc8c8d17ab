import { screen, within } from '@testing-library/react';
import { http } from 'msw';
import { BASE, digest, imageIs, isDown, MANAGED } from '../__testUtils__/images';
import { show } from '../__testUtils__/render';
import { SERVICE, serviceForTests } from '../__testUtils__/service';

const server = serviceForTests();
const CARD = 'entity-card:image-factory/base-images';
const [NODE] = MANAGED.dependencies;
const withBase = (...dependencies: object[]) => imageIs(() => ({ ...MANAGED, dependencies }));

it('shows each dependency with its link, status, digests, evidence and purpose', async () => {
  server.use(imageIs(() => MANAGED));

  show(CARD);

  const link = await screen.findByRole('link', { name: 'node-22' });
  expect(link).toHaveAttribute('href', '/catalog/default/resource/node-22');
  const row = within(link.closest('[role="row"], tr') as HTMLElement);
  for (const text of [
    'docker.io/library/node:22',
    'Watched',
    'sha256:bbbbbbbbbbbb',
    'verified in the built image',
    'sha256:cccccccccccc',
    'Another digest',
    'Final image',
  ]) {
    expect(row.getByText(text)).toBeInTheDocument();
  }
});

it('says that the newest digest is the one that it is built from', async () => {
  server.use(withBase({ ...NODE, newest: NODE.builtOn }));

  show(CARD);

  expect(await screen.findByText('Same digest')).toBeInTheDocument();
});

it.each([
  [{ builtOn: null, evidence: null }, 'Not known'],
  [{ builtOn: null, evidence: null, reference: `node:22@${digest('b')}` }, 'Pinned in the Dockerfile'],
  [{ newest: null }, 'Not checked yet'],
  [{ status: null }, 'Not tracked'],
  [{ status: 'held' }, 'Held'],
  [{ status: 'unknown' }, 'Unknown'],
  [{ evidence: 'mismatch' }, 'passed, but the built image contains another digest'],
  [{ role: 'unused' }, 'Not used by this build'],
])('shows %o as: %s', async (changed, words) => {
  server.use(withBase({ ...NODE, ...changed }));

  show(CARD);

  expect(await screen.findByText(words)).toBeInTheDocument();
});

it('shows the same image twice where it is used for two purposes', async () => {
  server.use(withBase(NODE, { ...NODE, role: 'stage' }));

  show(CARD);

  expect(await screen.findAllByRole('link', { name: 'node-22' })).toHaveLength(2);
});

it.each([
  [{ status: 'pending' }, 'The Dockerfile has not been read yet.'],
  [{ status: 'none' }, 'The Dockerfile does not reference another image.'],
  [{ status: 'failed', error: 'no such file' }, 'no such file'],
  [
    { status: 'success', unresolved: [{ name: 'V', line: 3, hint: '', file: '' }] },
    /^Line 3\. Set its value/,
  ],
  [
    { status: 'success', warnings: [{ line: 2, message: 'odd flag', file: 'b/Dockerfile' }] },
    'b/Dockerfile, line 2. odd flag',
  ],
])('says what the read of the Dockerfile found: %o', async (found, words) => {
  const discovery = { error: null, unresolved: [], warnings: [], ...found };
  server.use(imageIs(() => ({ ...MANAGED, dependencies: [], discovery })));

  show(CARD);

  expect(await screen.findByText(words)).toBeInTheDocument();
});

it('says that nothing is known yet', async () => {
  server.use(imageIs(() => BASE));

  show(CARD);

  expect(await screen.findByText('No image is known that this image is built from.')).toBeInTheDocument();
});

it('says that the service is down', async () => {
  server.use(http.get(`${SERVICE}/api/v1/images/portal`, isDown));

  show(CARD);

  expect(await screen.findByRole('button', { name: 'Try again' })).toBeInTheDocument();
});
