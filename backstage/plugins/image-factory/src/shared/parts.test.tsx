import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { showElement } from '../__testUtils__/render';
import { Digest, ImageLink, Moment } from '.';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

it('shows a digest short, and copies the whole one', async () => {
  const user = userEvent.setup();
  const write = jest.spyOn(navigator.clipboard, 'writeText');
  showElement(<Digest digest={DIGEST} />);
  expect(await screen.findByText('sha256:0123456789ab')).toHaveAttribute('title', DIGEST);

  await user.click(screen.getByRole('button', { name: `Copy ${DIGEST}` }));

  expect(await screen.findByText('Copied')).toBeInTheDocument();
  expect(write).toHaveBeenCalledWith(DIGEST);
});

it('copies the reference where one is given', async () => {
  const user = userEvent.setup();
  const write = jest.spyOn(navigator.clipboard, 'writeText');
  showElement(<Digest digest={DIGEST} copied={`ghcr.io/acme/portal@${DIGEST}`} />);

  await user.click(await screen.findByRole('button', { name: /^Copy ghcr.io/ }));

  expect(write).toHaveBeenCalledWith(`ghcr.io/acme/portal@${DIGEST}`);
});

it('says that the browser has no clipboard', async () => {
  const user = userEvent.setup();
  jest.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('no'));
  showElement(<Digest digest={DIGEST} />);

  await user.click(await screen.findByRole('button', { name: `Copy ${DIGEST}` }));

  expect(await screen.findByText('The browser did not allow the copy')).toBeInTheDocument();
});

it('shows a time as a distance, with the exact time on hover', async () => {
  showElement(<Moment at={new Date(Date.now() - 2 * 86_400_000).toISOString()} />);

  const time = await screen.findByText('2 days ago');

  expect(time.title).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC \(/);
});

it('says where a time is not known, and where it is now', async () => {
  showElement(
    <>
      <p>
        <Moment at={null} />
      </p>
      <p>
        <Moment at={new Date().toISOString()} />
      </p>
    </>,
  );

  expect(await screen.findByText('not known')).toBeInTheDocument();
  expect(screen.getByText('just now')).toBeInTheDocument();
});

it('links an image to its entity', async () => {
  showElement(<ImageLink name="node-22" />);

  expect(await screen.findByRole('link', { name: 'node-22' })).toHaveAttribute(
    'href',
    '/catalog/default/resource/node-22',
  );
});
