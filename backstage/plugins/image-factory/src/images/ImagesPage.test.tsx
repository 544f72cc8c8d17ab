import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { coreApis } from '@backstage/frontend-plugin-api';
import { facets, imageListsForTests, listed } from '../__testUtils__/imageLists';
import { PORTAL, show } from '../__testUtils__/render';

const { serve, fail } = imageListsForTests();
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** Opens the page at an address; returns what its address is later, or goes to another one. */
function open(search = '') {
  const { apis } = show('page:image-factory', PORTAL, `/${search}`);
  const history = apis.get(coreApis.appHistory)!;
  return (next?: string) => {
    if (next) act(() => history.navigate(next));
    return decodeURIComponent(history.getSnapshot().location.search);
  };
}
const row = (name: RegExp) => screen.findByRole('row', { name });
const last = <T,>(values: T[]) => values[values.length - 1];

/** Chooses values in a filter with the mouse. */
async function choose(filter: RegExp, ...options: RegExp[]) {
  await userEvent.click(await screen.findByRole('button', { name: filter }));
  for (const name of options) {
    await userEvent.click(await screen.findByRole('option', { name }));
  }
  await userEvent.keyboard('{Escape}');
}

it('shows name, status with its reason, reference, type, owner and last build of an image, with links', async () => {
  serve([listed('portal', { status: 'failed', reason: 'the build failed' })]);
  open();

  const shown = within(await row(/portal/));

  expect(shown.getByRole('link', { name: 'portal' })).toHaveAttribute(
    'href',
    '/catalog/default/resource/portal',
  );
  expect(shown.getByText('Failed')).toBeInTheDocument();
  expect(shown.getByText('the build failed')).toBeInTheDocument();
  expect(shown.getByText('ghcr.io/acme/portal:1')).toBeInTheDocument();
  expect(shown.getByText('Managed image')).toBeInTheDocument();
  expect(shown.getByRole('link', { name: 'platform' })).toHaveAttribute(
    'href',
    '/catalog/default/group/platform',
  );
  expect(shown.getByText(/ago/)).toHaveAttribute('dateTime', '2026-11-20T10:00:00Z');
});

it('does not explain what is well, and says that a base image is built elsewhere', async () => {
  serve([
    listed('node-22', { status: 'watched', reason: 'no change since 28 Nov', role: 'base', lastBuilt: null }),
  ]);
  open();

  const shown = within(await row(/node-22/));

  expect(shown.getByText('Watched')).toBeInTheDocument();
  expect(shown.queryByText(/no change/)).not.toBeInTheDocument();
  expect(shown.getByText('Not built here')).toBeInTheDocument();
});

it('says that an image has not been built yet', async () => {
  serve([listed('portal', { lastBuilt: null })]);
  open();

  expect(within(await row(/portal/)).getByText('Not yet')).toBeInTheDocument();
});

it('offers the statuses in the order of attention', async () => {
  serve([listed('portal')], { facets: facets({ watched: 4, 'up-to-date': 2, failed: 1 }) });
  open();
  await row(/portal/);

  await userEvent.click(screen.getByRole('button', { name: /Status/ }));

  const options = await screen.findAllByRole('option');
  expect(options.map(option => option.textContent)).toEqual(['Failed (1)', 'Up to date (2)', 'Watched (4)']);
});

it('asks for what needs attention first, and keeps the order of the service', async () => {
  const { lists } = serve([
    listed('zebra', { status: 'failed' }),
    listed('apple', { status: 'held' }),
    listed('mango', { status: 'up-to-date' }),
  ]);
  open();
  await row(/zebra/);

  const rows = screen.getAllByRole('row').slice(1);

  expect(rows.map(one => within(one).getAllByRole('link')[0].textContent)).toEqual([
    'zebra',
    'apple',
    'mango',
  ]);
  expect(lists[0]).toEqual({ sort: 'attention', page: '1', pageSize: '20' });
});

it('asks the service for what the address says, and shows it in the filters', async () => {
  const { lists } = serve([listed('portal')]);
  open(
    `?q=node&role=base&registry=ghcr.io,docker.io&status=failed,held&owner=group:default/platform&dependsOn=node-22` +
      `&builtFrom=${DIGEST}&transitive=true&sort=name&page=2&pageSize=50`,
  );
  await row(/portal/);

  expect(lists[0]).toEqual({
    q: 'node',
    role: 'base',
    registry: 'ghcr.io,docker.io',
    status: 'failed,held',
    owner: 'group:default/platform',
    dependsOn: 'node-22',
    builtFrom: DIGEST,
    transitive: 'true',
    sort: 'name',
    page: '2',
    pageSize: '50',
  });
  expect(screen.getByRole('searchbox', { name: 'Search' })).toHaveValue('node');
  expect(screen.getByRole('searchbox', { name: 'Built from the digest' })).toHaveValue(DIGEST);
  expect(screen.getByRole('checkbox', { name: 'Also through managed images' })).toBeChecked();
  expect(screen.getByRole('button', { name: /Depends on/ })).toHaveTextContent('node-22');
});

it('filters by several statuses, and keeps them in the address', async () => {
  const { lists } = serve([listed('portal')], { facets: facets({ failed: 3, held: 1, waiting: 1200 }) });
  const address = open('?page=4');
  await row(/portal/);

  await choose(/Status/, /Failed \(3\)/, /Held \(1\)/);

  await waitFor(() => expect(last(lists).status).toBe('failed,held'));
  expect(last(lists).page).toBe('1');
  expect(address()).toBe('?status=failed,held');
});

it('filters by owner, registry, type and order', async () => {
  const { lists } = serve([listed('portal')]);
  const address = open();
  await row(/portal/);

  await choose(/Owner/, /user:jane/);
  await choose(/Registry/, /docker\.io/);
  await choose(/Type/, /Base image/);
  await choose(/Sort by/, /^Name/);

  await waitFor(() => expect(last(lists).sort).toBe('name'));
  expect(last(lists)).toMatchObject({ owner: 'user:default/jane', registry: 'docker.io', role: 'base' });
  expect(address()).toBe('?role=base&registry=docker.io&owner=user:default/jane&sort=name');
});

it('follows the address when it changes otherwise, as by "back"', async () => {
  const { lists } = serve([listed('portal')]);
  const address = open('?q=node&status=held');
  await row(/portal/);

  address('/?q=python');

  await waitFor(() => expect(last(lists).q).toBe('python'));
  expect(last(lists).status).toBeUndefined();
  expect(screen.getByRole('searchbox', { name: 'Search' })).toHaveValue('python');
});

it('finds the images that depend on another one, by its name', async () => {
  const { lists } = serve([listed('portal'), listed('node-22')]);
  const address = open();
  await row(/portal/);

  await userEvent.click(screen.getByRole('button', { name: /Depends on/ }));
  await userEvent.type(await screen.findByPlaceholderText('Name of an image'), 'node');
  await waitFor(() => expect(lists).toContainEqual({ q: 'node', pageSize: '20' }));
  await userEvent.click(await screen.findByRole('option', { name: 'node-22' }));

  await waitFor(() => expect(last(lists).dependsOn).toBe('node-22'));
  expect(address()).toBe('?dependsOn=node-22');
});

it('finds the images that were built from a digest, also through managed images', async () => {
  const { lists } = serve([listed('portal')]);
  open();
  await row(/portal/);
  const field = screen.getByRole('searchbox', { name: 'Built from the digest' });

  await userEvent.type(field, 'sha256:123');
  expect(await screen.findByText(/This is not a digest/)).toBeInTheDocument();
  expect(last(lists).builtFrom).toBeUndefined();
  await userEvent.clear(field);
  await userEvent.click(field);
  await userEvent.paste(DIGEST);
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Also through managed images' }));

  await waitFor(() => expect(last(lists)).toMatchObject({ builtFrom: DIGEST, transitive: 'true' }));
});

it("shows only the images of the user's teams", async () => {
  const owners = ['group:default/platform', 'user:default/jane'];
  const { lists } = serve([listed('portal')], { owners });
  const address = open();
  const own = await screen.findByRole('switch', { name: "Only my teams' images" });

  await userEvent.click(own);

  await waitFor(() => expect(last(lists).owner).toBe(owners.join(',')));
  expect(own).toBeChecked();
  expect(address()).toBe(`?owner=${owners.join(',')}`);
  await userEvent.click(own);
  await waitFor(() => expect(last(lists).owner).toBeUndefined());
});

it('offers no team where the user owns nothing', async () => {
  serve([listed('portal')]);
  open();
  await row(/portal/);

  expect(screen.queryByRole('switch')).not.toBeInTheDocument();
});

it('goes through the pages with the total of the service', async () => {
  const { lists } = serve([listed('portal')], { total: 1234 });
  const address = open('?status=waiting');
  expect(await screen.findByText('1 to 20 of 1,234')).toBeInTheDocument();
  expect(screen.getByText('1,234 images')).toBeInTheDocument();

  await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));

  expect(await screen.findByText('21 to 40 of 1,234')).toBeInTheDocument();
  await waitFor(() => expect(last(lists)).toMatchObject({ page: '2', status: 'waiting' }));
  expect(address()).toBe('?status=waiting&page=2');
});

it('goes to the last page when the list is shorter than the page of the address', async () => {
  const { lists } = serve([listed('portal')], { total: 25 });
  const address = open('?page=9');

  expect(await screen.findByText('21 to 25 of 25')).toBeInTheDocument();
  await waitFor(() => expect(last(lists).page).toBe('2'));
  expect(address()).toBe('?page=2');
});

it('leads to the form that enrolls an image, also where there is none', async () => {
  serve([], { facets: facets({}) });
  open();

  expect(await screen.findByText(/No image is enrolled yet/)).toBeInTheDocument();
  const links = screen.getAllByRole('link', { name: 'Enroll an image' });

  expect(links).toHaveLength(2);
  links.forEach(link => expect(link).toHaveAttribute('href', '/create/templates/default/enroll-image'));
});

it('clears the filters where nothing matches, with the keyboard', async () => {
  const { lists } = serve([]);
  const address = open('?q=nothing&status=held&sort=name');
  expect(await screen.findByText('No image matches the filters.')).toBeInTheDocument();
  const clear = last(screen.getAllByRole('button', { name: 'Clear filters' }));

  while (document.activeElement !== clear) await userEvent.tab();
  await userEvent.keyboard('{Enter}');

  await waitFor(() => expect(last(lists)).toEqual({ sort: 'name', page: '1', pageSize: '20' }));
  expect(address()).toBe('?sort=name');
  expect(screen.getByRole('searchbox', { name: 'Search' })).toHaveValue('');
});

it('chooses a status with the keyboard alone', async () => {
  const { lists } = serve([listed('portal')], { facets: facets({ failed: 3, held: 1 }) });
  open();
  const filter = await screen.findByRole('button', { name: /Status/ });
  await row(/portal/);

  while (document.activeElement !== filter) await userEvent.tab();
  await userEvent.keyboard('{Enter}');
  await screen.findByRole('option', { name: /Held/ });
  await userEvent.keyboard('{ArrowDown}{Enter}{Escape}');

  await waitFor(() => expect(last(lists).status).toBe('held'));
  await waitFor(() => expect(screen.getByRole('button', { name: /Status/ })).toHaveFocus());
});

it('says why the images cannot be loaded, and loads them on request', async () => {
  fail(504, 'connect ECONNREFUSED');
  open();
  expect(await screen.findByText('connect ECONNREFUSED')).toBeInTheDocument();

  serve([listed('portal')]);
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));

  expect(await row(/portal/)).toBeInTheDocument();
  expect(screen.queryByText('connect ECONNREFUSED')).not.toBeInTheDocument();
});

it('says that the user may not see the images', async () => {
  fail(403, 'Your account may not read images.');
  open();

  expect(await screen.findByText('You do not have permission to see this')).toBeInTheDocument();
  expect(screen.getByText('Your account may not read images.')).toBeInTheDocument();
  expect(screen.queryByRole('table')).not.toBeInTheDocument();
});
