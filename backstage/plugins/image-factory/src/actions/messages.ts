/** Texts of what people can ask for about an image. */
export const actionsMessages = {
  toolbar: 'Actions',
  noBuild: 'It cannot be rebuilt: {{why}}',
  cancel: 'Cancel',
  close: 'Done',
  dialogTitle: '{{act}}: {{name}}',

  'act.rebuild': 'Rebuild',
  'act.emergency': 'Emergency rebuild',
  'act.hold': 'Hold',
  'act.release': 'Release',
  'act.skip': 'Skip a digest',
  'act.unskip': 'Use a skipped digest again',
  'act.check': 'Check now',

  'about.rebuild':
    'Builds the image on the newest digests that have aged, although it is on hold, autoRebuild is off, or the last rebuild failed. It waits for parents and for a rebuild that runs.',
  'about.emergency':
    'Builds on the current digests at once. It ignores delays, holds and autoRebuild; parents are built before their children. The rebuild is announced and recorded with your name.',
  'about.hold':
    'No automatic rebuild of the image starts until the hold ends or somebody releases it. People can still ask for a rebuild.',
  'about.release': 'Automatic rebuilds of the image start again.',
  'about.skip':
    'The digest of a base image is never used for this image, not in an emergency either. A newer digest is used when it has aged.',
  'about.unskip': 'The digest may be used for this image again.',
  'about.check':
    'Checks the digests of the image and of its dependencies now, even if they were just checked.',

  'field.reason': 'Reason',
  'field.reasonHint': 'Other people read it: in git, in the audit and on the page of the image.',
  'field.cve': 'CVE',
  'field.cveHint': 'The vulnerability that it is about, such as CVE-2026-12345.',
  'field.until': 'Until',
  'field.untilHold':
    'A date such as 2026-12-05: the hold ends at the beginning of this day in UTC. Empty: until somebody releases it.',
  'field.untilEmergency':
    'A date such as 2026-12-05, in UTC: what has not started by then is dropped. Empty: after 3 days.',
  'field.digest': 'Digest',
  'field.optional': 'Optional',

  'emergency.covers': 'What is rebuilt',
  'emergency.willBe': 'Will be rebuilt',
  'emergency.cannotBe': 'Cannot be built',
  'emergency.after': 'after {{parents}}',
  'emergency.nothing': 'No managed image is built from {{name}}, so there is nothing to rebuild.',
  'emergency.more': 'The first {{shown}} of {{total}} images are shown.',

  'done.title': 'The request is accepted',
  'done.check': '{{name}} will be checked now. The page of the image shows the result.',
  'done.notBuilt': 'Not rebuilt: {{name}}. {{reason}}',
  'done.followBuilds': 'Follow the builds',
  'done.followPage': 'The page of the image shows when it is carried out.',

  'refused.denied': 'You do not have permission for this',
  'refused.conflict': 'This is not possible now',
  'refused.invalid': 'The request is not valid',
  'refused.failed': 'The request was not carried out',
} as const;
