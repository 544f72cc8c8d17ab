import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { facets, imageListsForTests, listed } from '../__testUtils__/imageLists';
import { PLATFORM, show } from '../__testUtils__/render';

const { serve, fail } = imageListsForTests();
const open = () => show('entity-card:image-factory/team-images', PLATFORM);

it('counts the images of the group, and shows those that need attention', async () => {
  const { counted, lists } = serve([listed('zebra', { status: 'failed', reason: 'the build failed' })], {
    facets: facets({ failed: 1, waiting: 2 }),
  });
  open();

  const counts = within(await screen.findByRole('list', { name: 'Images by status' })).getAllByRole('link');

  expect(screen.getByText('Images of this team')).toBeInTheDocument();
  expect(counts.map(link => link.textContent?.trim())).toEqual(['Failed1', 'Waiting2']);
  expect(counts[1]).toHaveAttribute('href', '/image-factory?status=waiting&owner=group%3Adefault%2Fplatform');
  expect(await screen.findByRole('link', { name: 'zebra' })).toBeInTheDocument();
  expect(counted[0]).toEqual({ owner: 'group:default/platform' });
  expect(lists[0]).toMatchObject({ owner: 'group:default/platform', sort: 'attention' });
});

it('leads to the page of all images with the owner', async () => {
  serve([listed('zebra', { status: 'failed' })]);
  open();

  expect(await screen.findByRole('link', { name: 'Show all images of this team' })).toHaveAttribute(
    'href',
    '/image-factory?owner=group%3Adefault%2Fplatform',
  );
});

it('says that the team owns no image, and leads on', async () => {
  serve([], { facets: facets({}) });
  open();

  expect(await screen.findByText('This team owns no image.')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Enroll an image' })).toBeInTheDocument();
});

it('says why the images cannot be loaded, and loads them on request', async () => {
  fail(503, 'Image Factory is starting.');
  open();
  expect(await screen.findByText('Image Factory is starting.')).toBeInTheDocument();

  serve([listed('zebra', { status: 'failed' })]);
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));

  expect(await screen.findByRole('link', { name: 'zebra' })).toBeInTheDocument();
});

it('says that the user may not see the images', async () => {
  fail(403, 'Your account may not read images.');
  open();

  expect(await screen.findByText('You do not have permission to see this')).toBeInTheDocument();
});
