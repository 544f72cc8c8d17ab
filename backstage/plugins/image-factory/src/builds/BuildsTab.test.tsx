import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { show } from '../__testUtils__/render';
import { buildsForTests, failed, run, running, RUNS, SHA } from '../__testUtils__/builds';

const { server, serve, answerReruns } = buildsForTests();
const open = () => show('entity-content:image-factory/builds');
const row = (name: RegExp) => screen.findByRole('row', { name });

it('shows result, title with a link, commit, branch, time and duration of a build', async () => {
  serve([run(7, { attempt: 2 })]);
  open();

  const shown = within(await row(/Mend 7/));

  expect(shown.getByText('Success')).toBeInTheDocument();
  expect(shown.getByRole('link', { name: 'Mend 7' })).toHaveAttribute('href', run(7).url);
  expect(shown.getByText('#7 · workflow dispatch by jane · attempt 2')).toBeInTheDocument();
  expect(shown.getByRole('link', { name: '0123456' })).toHaveAttribute('href', run(7).commitUrl);
  expect(shown.getByText('0123456')).toHaveAttribute('title', `${SHA}\nMend 7`);
  expect(shown.getByText('main')).toBeInTheDocument();
  expect(shown.getByText(/ago|week/).closest('time')).toHaveAttribute('dateTime', '2026-11-20T10:00:00Z');
  expect(shown.getByText('1 min 5 sec')).toHaveAttribute('title', '1 minute 5 seconds');
});

it.each([
  ['queued', null, 'Queued'],
  ['in_progress', null, 'In progress'],
  ['completed', 'failure', 'Failed'],
  ['completed', 'timed_out', 'Timed out'],
  ['completed', 'cancelled', 'Cancelled'],
  ['completed', 'startup_failure', 'Did not start'],
  ['completed', 'brand_new', 'brand new'],
])('says a build that is %s with result %s in words', async (status, conclusion, words) => {
  serve([run(7, { status, conclusion, headBranch: null, actor: null, durationSeconds: null })]);
  open();

  const shown = within(await row(/Mend 7/));

  expect(shown.getByText(words)).toBeInTheDocument();
  expect(shown.getByText('Not started')).toBeInTheDocument();
  expect(shown.getByText('#7 · workflow dispatch · attempt 1')).toBeInTheDocument();
});

it('goes through the pages with the total of the service', async () => {
  const asked = serve([run(7)], { total: 1234 });
  open();
  expect(await screen.findByText('1 to 20 of 1,234')).toBeInTheDocument();
  expect(screen.getByText('1,234 builds')).toBeInTheDocument();

  await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));

  expect(await screen.findByText('21 to 40 of 1,234')).toBeInTheDocument();
  await waitFor(() => expect(asked.map(({ page }) => page)).toEqual(['1', '2']));
});

it('filters by status and branch', async () => {
  const asked = serve([run(7)]);
  open();
  await row(/Mend 7/);

  await userEvent.click(screen.getByRole('button', { name: /Status/ }));
  await userEvent.click(await screen.findByRole('option', { name: 'Failed' }));
  await userEvent.type(screen.getByRole('searchbox', { name: 'Branch' }), 'main');

  await waitFor(() =>
    expect(asked.at(-1)).toEqual({ page: '1', pageSize: '20', status: 'failure', branch: 'main' }),
  );
});

it('re-runs the failed jobs of a build after a confirmation, and reads the list again', async () => {
  let items = [failed(7)];
  const asked = serve(() => items, {}, { may: { rerun: true } });
  const sent = answerReruns(202, { id: 7 });
  open();

  await userEvent.click(await screen.findByRole('button', { name: 'Re-run Mend 7' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Re-run Mend 7?' }));
  expect(sent).toEqual([]);
  items = [failed(7, { status: 'queued', conclusion: null, attempt: 2 })];
  await userEvent.click(dialog.getByRole('button', { name: 'Re-run failed jobs' }));

  expect(
    await screen.findByText(/GitHub accepted the re-run of the failed jobs of Mend 7/),
  ).toBeInTheDocument();
  expect(sent).toEqual([{ id: '7', body: { failedOnly: true } }]);
  await waitFor(async () => expect(within(await row(/Mend 7/)).getByText('Queued')).toBeInTheDocument());
  expect(asked.at(-1)).toMatchObject({ refresh: 'true' });
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
});

it.each([
  [403, 'user:default/joe may not rebuild portal; group:default/platform may.'],
  [409, 'Run 7 is still running.'],
  [502, 'It is not known whether GitHub accepted the re-run. Look at the run before you try again.'],
])('says why a re-run is refused with %i, in the words of the service', async (status, message) => {
  const asked = serve([failed(7)]);
  const sent = answerReruns(status, { message });
  open();

  await userEvent.click(await screen.findByRole('button', { name: 'Re-run Mend 7' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Re-run failed jobs' }));

  expect(await screen.findByText(message)).toBeInTheDocument();
  expect(screen.getByRole('dialog')).toBeInTheDocument();
  expect(sent).toHaveLength(1);
  await waitFor(() => expect(asked.at(-1)).toMatchObject({ refresh: 'true' }));
});

it('returns the focus to the build when the dialog is left with the keyboard', async () => {
  serve([failed(7)]);
  const sent = answerReruns(202, { id: 7 });
  open();
  const button = await screen.findByRole('button', { name: 'Re-run Mend 7' });

  act(() => button.focus());
  await userEvent.keyboard('{Enter}');
  await screen.findByRole('dialog');
  await userEvent.keyboard('{Escape}');

  await waitFor(() => expect(button).toHaveFocus());
  expect(sent).toEqual([]);
});

it('offers only all jobs where none failed, and nothing while a build runs', async () => {
  serve([run(7), running(8)]);
  open();

  await userEvent.click(await screen.findByRole('button', { name: 'Re-run Mend 7' }));

  expect(await screen.findByRole('button', { name: 'Re-run all jobs' })).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Re-run failed jobs' })).not.toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Re-run Mend 8' })).not.toBeInTheDocument();
});

it('offers no re-run to somebody who may not, and says so', async () => {
  serve([failed(7)], {}, { may: { rerun: false } });
  open();

  expect(await screen.findByText(/You do not have permission to re-run/)).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: /Re-run/ })).not.toBeInTheDocument();
});

it('says that GitHub is unavailable, and since when the list is known', async () => {
  serve([run(7)], { stale: true });
  open();

  expect(await screen.findByText(/last known list, because GitHub is unavailable/)).toBeInTheDocument();
  expect(screen.getByRole('row', { name: /Mend 7/ })).toBeInTheDocument();
});

it('says so if there are no builds, and if the filters match none', async () => {
  serve([]);
  open();
  expect(await screen.findByText(/The workflow has not run yet/)).toBeInTheDocument();

  await userEvent.type(screen.getByRole('searchbox', { name: 'Branch' }), 'x');

  expect(await screen.findByText('No build matches. Change the filters.')).toBeInTheDocument();
});

it('says why an image without a workflow has no builds', async () => {
  const message = 'The enrollment of portal names no GitHub Actions workflow, so it has no runs.';
  serve([]);
  server.use(http.get(RUNS, () => HttpResponse.json({ message }, { status: 404 })));
  open();

  expect(await screen.findByText(message)).toBeInTheDocument();
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Try again' })).not.toBeInTheDocument();
});

it('says why the builds cannot be loaded, and loads them on request', async () => {
  serve([]);
  server.use(http.get(RUNS, () => HttpResponse.json({ message: 'GitHub answered 500' }, { status: 502 })));
  open();
  expect(await screen.findByText('GitHub answered 500')).toBeInTheDocument();

  serve([run(7)]);
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));

  expect(await row(/Mend 7/)).toBeInTheDocument();
});

it('says that the person may not see the builds', async () => {
  serve([]);
  server.use(http.get(RUNS, () => HttpResponse.json({ message: 'no rule allows it' }, { status: 403 })));
  open();

  expect(await screen.findByText('You do not have permission to see this')).toBeInTheDocument();
  expect(screen.getByText('no rule allows it')).toBeInTheDocument();
});

it('links to the versions of the image', async () => {
  serve([run(7)]);
  open();

  expect(await screen.findByRole('link', { name: 'Versions of this image' })).toHaveAttribute(
    'href',
    '/catalog/versions',
  );
});
