// What the test wants asked, from the environment, and how its answers are told: one JSON document on standard output.
const { FACE_URL, FACE_TOKEN, REPOSITORY, RUN_ID, JOB_ID, BRANCH, WORKFLOW } = process.env;
const [owner, repo] = REPOSITORY.split('/');

export const asked = {
  url: FACE_URL,
  token: FACE_TOKEN,
  owner,
  repo,
  runId: Number(RUN_ID),
  jobId: Number(JOB_ID),
  branch: BRANCH,
  workflow: WORKFLOW,
};

export function tell(answers) {
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}

// The status of a request that is expected to be refused; a success is told as what it is.
export async function statusOf(request) {
  try {
    return (await request)?.status ?? 'answered';
  } catch (error) {
    return error.status ?? String(error);
  }
}
