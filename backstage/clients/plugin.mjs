// The GitHub Actions plugin's own client, from its package's built code. Only what Backstage hands to it is put in its
// place: `configApi` (the integration of github.com with an address of ours) and `scmAuthApi` (the caller's token).
import { register } from 'node:module';

import { asked, statusOf, tell } from './asked.mjs';

register('./commonjs.mjs', import.meta.url);

// The package shows its client beside its React components alone; its file stands by itself.
const client = './node_modules/@backstage-community/plugin-github-actions/dist/api/GithubActionsClient.esm.js';
const { GithubActionsClient } = await import(client);
const { ConfigReader } = await import('@backstage/config');

const config = new ConfigReader({ integrations: { github: [{ host: 'github.com', apiBaseUrl: asked.url }] } });
const scmAuthApi = { getCredentials: async () => ({ token: asked.token, headers: {} }) };
const github = new GithubActionsClient({ configApi: config, scmAuthApi });

const { owner, repo, runId, jobId, branch, workflow } = asked;
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

tell({
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
