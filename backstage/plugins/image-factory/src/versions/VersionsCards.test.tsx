import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { show } from '../__testUtils__/render';
import { serviceForTests } from '../__testUtils__/service';
import { DIGEST, serveVersions, version } from '../__testUtils__/versions';

const server = serviceForTests();
let narrow = true;
let changed: () => void;

beforeEach(() => {
  narrow = true;
  const list = {
    get matches() {
      return narrow;
    },
    addEventListener: (_: string, listener: () => void) => {
      changed = listener;
    },
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
  };
  Object.assign(window, { matchMedia: () => list });
});
afterEach(() => {
  Reflect.deleteProperty(window, 'matchMedia');
});

const open = () => show('entity-content:image-factory/versions');
const cards = async () => within(await screen.findByRole('list', { name: 'Versions' }));

it('shows a card for each version on a phone, with everything that a row has', async () => {
  serveVersions(server, [
    version('1.4', { digest: DIGEST, aliases: ['latest'], signed: true, problem: 'it answered 401' }),
    version('chart', { kind: 'chart', platforms: [] }),
  ]);
  open();

  const [first, second] = (await cards()).getAllByRole('listitem').map(each => within(each));
  expect(first.getByRole('link', { name: '1.4' })).toBeInTheDocument();
  for (const text of [
    'Also latest',
    '245 MiB',
    'linux/arm64/v8',
    'Signed',
    'it answered 401',
    'sha256:0123456789ab',
  ]) {
    expect(first.getByText(text)).toBeInTheDocument();
  }
  expect(first.getByRole('button', { name: 'Copy the pull command of 1.4' })).toBeInTheDocument();
  expect(second.getByText('Helm chart')).toBeInTheDocument();
  expect(screen.queryByRole('grid')).not.toBeInTheDocument();
});

it('opens the details from a card, and goes through the pages', async () => {
  const asked = serveVersions(server, [version('1.4')], { total: 45 });
  open();
  await cards();

  await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));
  await waitFor(() => expect(asked.at(-1)).toMatchObject({ page: '2' }));
  await userEvent.click((await cards()).getByRole('button', { name: 'Details of 1.4' }));

  expect(await screen.findByRole('dialog', { name: 'Details of 1.4' })).toBeInTheDocument();
});

it('says so if there are no tags', async () => {
  serveVersions(server, []);
  open();

  expect(await screen.findByText(/The repository has no tags yet/)).toBeInTheDocument();
});

it('becomes a table when the window becomes wide', async () => {
  serveVersions(server, [version('1.4')]);
  open();
  await cards();

  narrow = false;
  act(() => changed());

  expect(await screen.findByRole('row', { name: /1\.4/ })).toBeInTheDocument();
});
