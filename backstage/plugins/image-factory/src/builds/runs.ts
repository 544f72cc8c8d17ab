import type { components } from 'backstage-plugin-image-factory-common';
import { runStateMessages } from './messages';

export type Run = components['schemas']['Run'];
export type RunPage = components['schemas']['RunPage'];
export type RunState = keyof typeof runStateMessages;

/** Results with failed jobs; a build that did not start, or that was skipped, has none. */
const WITH_FAILED_JOBS = ['failure', 'timed_out', 'cancelled'];

/** Whether a build has ended. */
export function isFinished(run: Run): boolean {
  return run.status === 'completed';
}

/** The result of a finished build, else its status, by GitHub's name. */
export function stateOf(run: Run): string {
  return (isFinished(run) && run.conclusion) || run.status;
}

/** Whether the plugin has words for a status; GitHub can add others. */
export function isKnown(state: string): state is RunState {
  return state in runStateMessages;
}

/** Whether only the failed jobs of a build can run again. */
export function hasFailedJobs(run: Run): boolean {
  return isFinished(run) && WITH_FAILED_JOBS.includes(run.conclusion ?? '');
}

/** What a person calls a build. */
export function titleOf(run: Run): string {
  return run.title || run.name || `#${run.id}`;
}
