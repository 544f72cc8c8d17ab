/** Texts that several parts show. */
export const sharedMessages = {
  loading: 'Loading',
  retry: 'Try again',
  notReadable: 'This could not be loaded',
  soonAgain: 'Not ready yet. This loads again by itself.',
  denied: 'You do not have permission to see this',
  outdated: 'Not current: the last attempt to refresh failed',
  unknownTime: 'not known',
  justNow: 'just now',
  soon: 'in a moment',
  copy: 'Copy {{text}}',
  copied: 'Copied',
  notCopied: 'The browser did not allow the copy',
  copyByHand: 'Copy this text',
  rows: 'Show {{count}} rows',
  enroll: 'Enroll an image',
  range: '{{from}} to {{to}} of {{total}}',
} as const;

/** The statuses of images in words; the service explains each in `reason`. */
export const statusMessages = {
  'up-to-date': 'Up to date',
  waiting: 'Waiting',
  due: 'Due',
  rebuilding: 'Rebuilding',
  failed: 'Failed',
  held: 'Held',
  error: 'Error',
  watched: 'Watched',
  unknown: 'Unknown',
  unverified: 'Unverified',
} as const;
