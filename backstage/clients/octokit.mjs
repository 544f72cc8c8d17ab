// Octokit as published, configured only with the address of GitHub and a token.
import { Octokit } from '@octokit/rest';

import { input, print, statusOf } from './client_input.mjs';

const { owner, repo, runId, jobId, workflow } = input;
const octokit = new Octokit({ baseUrl: input.url, auth: input.token });
const actions = octokit.rest.actions;

const runs = await octokit.paginate(actions.listWorkflowRunsForRepo, { owner, repo, per_page: 100 });
const ofWorkflow = await octokit.paginate(actions.listWorkflowRuns, { owner, repo, workflow_id: workflow, per_page: 100 });
const run = await actions.getWorkflowRun({ owner, repo, run_id: runId });
const jobs = await octokit.paginate(actions.listJobsForWorkflowRun, { owner, repo, run_id: runId });
const workflows = await octokit.paginate(actions.listRepoWorkflows, { owner, repo });
const branches = await octokit.paginate(octokit.rest.repos.listBranches, { owner, repo });
const repository = await octokit.rest.repos.get({ owner, repo });
const rerun = await actions.reRunWorkflow({ owner, repo, run_id: runId });
const after = await actions.getWorkflowRun({ owner, repo, run_id: runId });

print({
  runs: runs.map(each => each.id),
  ofWorkflow: ofWorkflow.map(each => each.id),
  run: run.data.id,
  jobs: jobs.map(each => each.id),
  workflows: workflows.map(each => each.path),
  branches: branches.map(each => each.name),
  repository: repository.data.full_name,
  rerun: rerun.status,
  attempt: after.data.run_attempt,
  logs: await statusOf(actions.downloadJobLogsForWorkflowRun({ owner, repo, job_id: jobId })),
  file: await statusOf(octokit.rest.repos.getContent({ owner, repo, path: 'README.md' })),
  elsewhere: await statusOf(octokit.rest.repos.get({ owner: 'other', repo })),
});
