import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createExtensionTester } from '@backstage/frontend-test-utils';
import { homePageWidgetDataRef } from '@backstage/plugin-home-react/alpha';
import { facets, imageListsForTests, listed } from '../__testUtils__/imageLists';
import { showElement } from '../__testUtils__/render';
import { imageFactoryPlugin } from '../plugin';

const { serve, fail } = imageListsForTests();

const found = imageFactoryPlugin.getExtension('home-page-widget:image-factory/images' as never) as never;
const widget = () =>
  createExtensionTester(found).get(homePageWidgetDataRef as never) as {
    name: string;
    component: JSX.Element;
  };
const open = () => showElement(widget().component);
const WORST = [
  listed('zebra', { status: 'failed', reason: 'the build failed' }),
  listed('apple', { status: 'held', reason: 'on hold: release week' }),
];

it('has the name that the configuration of the home page uses', () => {
  expect(widget().name).toBe('ImageFactoryImages');
});

it('counts the images by status, what needs attention first, with links to them', async () => {
  serve(WORST, { facets: facets({ 'up-to-date': 1200, held: 1, failed: 1 }) });
  open();

  const counts = within(await screen.findByRole('list', { name: 'Images by status' })).getAllByRole('link');

  expect(counts.map(link => link.textContent?.trim())).toEqual(['Failed1', 'Held1', 'Up to date1,200']);
  expect(counts[0]).toHaveAttribute('href', '/image-factory?status=failed');
});

it('shows the five images that need attention most, in the order of the service, with reasons and links', async () => {
  const { lists } = serve(WORST, { total: 12 });
  open();

  const worst = await screen.findByRole('list', { name: 'Images that need attention' });

  expect(
    within(worst)
      .getAllByRole('link')
      .map(link => link.getAttribute('href')),
  ).toEqual(['/catalog/default/resource/zebra', '/catalog/default/resource/apple']);
  expect(within(worst).getByText('on hold: release week')).toBeInTheDocument();
  expect(lists[0]).toEqual({
    status: 'failed,error,unverified,unknown,held',
    sort: 'attention',
    page: '1',
    pageSize: '5',
  });
  expect(screen.getByRole('link', { name: 'Show all 12 images that need attention' })).toHaveAttribute(
    'href',
    '/image-factory?status=failed%2Cerror%2Cunverified%2Cunknown%2Cheld',
  );
  expect(screen.getByRole('link', { name: 'Show all images' })).toHaveAttribute('href', '/image-factory');
});

it('says that all is well', async () => {
  serve([], { facets: facets({ 'up-to-date': 3 }) });
  open();

  expect(await screen.findByText('No image needs attention.')).toBeInTheDocument();
});

it("leads to the images of the user's teams", async () => {
  serve(WORST, { owners: ['group:default/platform'] });
  open();

  expect(await screen.findByRole('link', { name: "Show my teams' images" })).toHaveAttribute(
    'href',
    '/image-factory?owner=group%3Adefault%2Fplatform',
  );
});

it('leads to the form that enrolls an image where there is none', async () => {
  serve([], { facets: facets({}) });
  open();

  expect(await screen.findByRole('link', { name: 'Enroll an image' })).toHaveAttribute(
    'href',
    '/create/templates/default/enroll-image',
  );
});

it('says why the numbers cannot be loaded, and loads them on request', async () => {
  fail(504, 'connect ECONNREFUSED');
  open();
  expect(await screen.findByText('connect ECONNREFUSED')).toBeInTheDocument();

  serve(WORST);
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));

  expect(await screen.findByRole('link', { name: 'zebra' })).toBeInTheDocument();
});

it('says that the user may not see the images', async () => {
  fail(403, 'Your account may not read images.');
  open();

  expect(await screen.findByText('You do not have permission to see this')).toBeInTheDocument();
  expect(screen.getAllByRole('alert')).toHaveLength(1);
});

it('reaches every link with the keyboard', async () => {
  serve(WORST);
  open();
  const last = await screen.findByRole('link', { name: 'Show all images' });
  await screen.findByRole('link', { name: 'apple' });
  const reached = new Set<Element | null>();

  while (document.activeElement !== last) {
    await userEvent.tab();
    reached.add(document.activeElement);
  }

  await waitFor(() => screen.getAllByRole('link').forEach(link => expect(reached).toContain(link)));
});
