import type { ImageStatus } from '../../shared';

/** The statuses that need a person, the worst first; the rest passes without one. */
export const NEEDS_ATTENTION = [
  'failed',
  'error',
  'unverified',
  'unknown',
  'held',
] as const satisfies readonly ImageStatus[];

/** All statuses in the order in which the service puts what needs attention first. */
export const IN_ORDER: readonly ImageStatus[] = [
  ...NEEDS_ATTENTION,
  'due',
  'waiting',
  'rebuilding',
  'up-to-date',
  'watched',
];
