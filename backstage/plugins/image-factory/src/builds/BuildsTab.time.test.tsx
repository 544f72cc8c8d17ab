import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { show } from '../__testUtils__/render';
import { pass, soon, timeByHand } from '../__testUtils__/timers';
import { buildsForTests, failed, run, running, RUNS } from '../__testUtils__/builds';

const { server, serve, answerReruns } = buildsForTests();
timeByHand();
const open = () => show('entity-content:image-factory/builds');
const row = (name: RegExp) => soon(() => screen.getByRole('row', { name }));
const inRow = (words: string) =>
  soon(() => within(screen.getByRole('row', { name: /Mend 7/ })).getByText(words));

it('reads the list again until every build is finished', async () => {
  let items = [running(7)];
  const asked = serve(() => items);
  open();
  expect(await inRow('In progress')).toBeInTheDocument();
  expect(screen.getByText(/1 build is not finished/)).toBeInTheDocument();
  expect(await inRow('1 min 5 sec so far')).toBeInTheDocument();

  items = [run(7)];
  await pass(5_000);
  expect(await inRow('Success')).toBeInTheDocument();
  expect(screen.queryByText(/not finished/)).not.toBeInTheDocument();

  const before = asked.length;
  await pass(120_000);
  expect(asked).toHaveLength(before);
});

it('reads the list less often while the page is hidden', async () => {
  const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  const asked = serve([running(7)]);
  open();
  await row(/Mend 7/);
  const before = asked.length;

  await pass(20_000);
  expect(asked).toHaveLength(before);
  await pass(15_000);
  expect(asked).toHaveLength(before + 1);

  hidden.mockRestore();
});

it('reads the list until the re-run is in it', async () => {
  const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
  let items = [failed(7)];
  serve(() => items);
  answerReruns(202, { id: 7 });
  open();
  await user.click(await soon(() => screen.getByRole('button', { name: 'Re-run Mend 7' })));
  await user.click(await soon(() => screen.getByRole('button', { name: 'Re-run all jobs' })));
  expect(await soon(() => screen.getByText(/GitHub accepted the re-run of all jobs/))).toBeInTheDocument();
  expect(await inRow('Failed')).toBeInTheDocument();

  items = [running(7, { attempt: 2 })];
  await pass(5_000);

  expect(await inRow('In progress')).toBeInTheDocument();
});

it('loads the builds by itself when the service works again', async () => {
  serve([]);
  server.use(http.get(RUNS, () => HttpResponse.json({ message: 'GitHub answered 500' }, { status: 502 })));
  open();
  expect(await soon(() => screen.getByText('GitHub answered 500'))).toBeInTheDocument();

  serve([run(7)]);
  await pass(16_000);

  expect(await row(/Mend 7/)).toBeInTheDocument();
});
