// The client of the GitHub Actions plugin, from the built code of its package. Only what Backstage passes to it is
// replaced: `configApi` (the integration of github.com with our address) and `scmAuthApi` (the token of the caller).
import { register } from 'node:module';

import { input, print, statusOf } from './client_input.mjs';

register('./commonjs.mjs', import.meta.url);

// The package exports its client only together with its React components, so its file is imported directly.
const client = './node_modules/@backstage-community/plugin-github-actions/dist/api/GithubActionsClient.esm.js';
const { GithubActionsClient } = await import(client);
const { ConfigReader } = await import('@backstage/config');

const config = new ConfigReader({ integrations: { github: [{ host: 'github.com', apiBaseUrl: input.url }] } });
const scmAuthApi = { getCredentials: async () => ({ token: input.token, headers: {} }) };
const github = new GithubActionsClient({ configApi: config, scmAuthApi });

const { owner, repo, runId, jobId, branch, workflow } = input;
const here = { hostname: 'github.com', owner, repo };

const runs = await github.listWorkflowRuns({ ...here, pageSize: 100, branch });
const second = await github.listWorkflowRuns({ ...here, pageSize: 100, page: 2, branch });
const run = await github.getWorkflowRun({ ...here, id: runId });
const found = await github.getWorkflow({ ...here, id: workflow });
const jobs = await github.listJobsForWorkflowRun({ ...here, id: runId });
const branches = await github.listBranches(here);
const standard = await github.getDefaultBranch(here);
const rerun = await github.reRunWorkflow({ ...here, runId });
const after = await github.getWorkflowRun({ ...here, id: runId });

print({
  total: runs.total_count,
  runs: [...runs.workflow_runs, ...second.workflow_runs].map(each => each.id),
  run: run.id,
  workflow: found.path,
  jobs: jobs.jobs.map(each => each.id),
  branches: branches.map(each => each.name),
  standard,
  rerun: rerun.status,
  attempt: after.run_attempt,
  logs: await statusOf(github.downloadJobLogsForWorkflowRun({ ...here, runId: jobId })),
});
