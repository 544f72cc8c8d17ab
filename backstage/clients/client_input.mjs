// The input of a client, from the environment of the test, and its output: one JSON document on standard output.
const { FACE_URL, FACE_TOKEN, REPOSITORY, RUN_ID, JOB_ID, BRANCH, WORKFLOW } = process.env;
const [owner, repo] = REPOSITORY.split('/');

export const input = {
  url: FACE_URL,
  token: FACE_TOKEN,
  owner,
  repo,
  runId: Number(RUN_ID),
  jobId: Number(JOB_ID),
  branch: BRANCH,
  workflow: WORKFLOW,
};

export function print(answers) {
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}

// The status of a request that the service must refuse; for a success, the status of the response.
export async function statusOf(request) {
  try {
    return (await request)?.status ?? 'answered';
  } catch (error) {
    return error.status ?? String(error);
  }
}
