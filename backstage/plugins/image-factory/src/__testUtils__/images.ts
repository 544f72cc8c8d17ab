import { http, HttpResponse, type JsonBodyType } from 'msw';
import type { components } from 'backstage-plugin-image-factory-common';
import { SERVICE } from './service';

type Image = components['schemas']['Image'];

const DAY = 86_400_000;

/** A digest of one repeated hexadecimal character. */
export const digest = (character: string) => `sha256:${character.repeat(64)}`;

/** A time so many days from now, in RFC 3339. */
export const days = (count: number) => new Date(Date.now() + count * DAY).toISOString();

/** What a caller may do who only reads. */
const NOTHING = {
  rebuild: false,
  emergency: false,
  hold: false,
  skip: false,
  check: false,
  change: false,
  remove: false,
  rerun: false,
};

/** What an owner may do. */
export const EVERYTHING = {
  rebuild: true,
  emergency: true,
  hold: true,
  skip: true,
  check: true,
  change: true,
  remove: true,
  rerun: true,
};

/** A managed image that waits for the delay of its base image. */
export const MANAGED = {
  name: 'portal',
  entityRef: 'resource:default/portal',
  title: null,
  description: null,
  owner: 'group:default/platform',
  system: null,
  lifecycle: null,
  role: 'managed',
  registry: 'ghcr.io',
  repository: 'acme/portal',
  tag: '1',
  reference: 'ghcr.io/acme/portal:1',
  digest: digest('a'),
  previousDigest: null,
  status: 'waiting',
  reason: 'node:22 changed today, rebuild on or after 5 Dec (7-day delay)',
  nextEligibleAt: days(7),
  behindSince: days(-2),
  criticality: 'normal',
  lastChecked: days(-1),
  lastBuilt: days(-30),
  lastUpdated: days(-29.5),
  enrolledAt: days(-90),
  firstDiscovered: null,
  discovery: null,
  enrollment: null,
  dependencies: [
    {
      name: 'node-22',
      reference: 'docker.io/library/node:22',
      written: 'node:22',
      role: 'final',
      kinds: ['from'],
      platforms: [],
      builtOn: digest('b'),
      builtOnSince: days(-30),
      evidence: 'verified',
      newest: digest('c'),
      newestSince: days(-7),
      line: 1,
      file: 'Dockerfile',
      status: 'watched',
      verification: null,
    },
  ],
  dependents: [],
  lastRebuild: null,
  lastError: null,
  hold: null,
  skips: [],
  asked: [],
  requests: [],
  notes: [],
  noBuild: null,
  links: {
    page: null,
    registry: null,
    source: null,
    workflow: null,
    stateFile: null,
    dockerfile: null,
    lastRun: null,
    backstage: null,
    enrollmentFile: null,
    stateHistory: null,
  },
  may: NOTHING,
} satisfies Image;

/** A base image. */
export const BASE = {
  ...MANAGED,
  name: 'node-22',
  role: 'base',
  status: 'watched',
  reason: 'no change since 28 Nov',
  nextEligibleAt: null,
  behindSince: null,
  criticality: null,
  dependencies: [],
} satisfies Image;

/** Answers with the image, read anew for each request. */
export const imageIs = (read: () => JsonBodyType) =>
  http.get(`${SERVICE}/api/v1/images/portal`, () => HttpResponse.json(read()));

/** Answers that there is no report of a check yet. */
export const noChecks = http.get(`${SERVICE}/api/v1/checks`, () => HttpResponse.json({ items: [] }));

/** Answers with what would be rebuilt. */
export const impactIs = (items: components['schemas']['Impact'][], total = items.length) =>
  http.get(`${SERVICE}/api/v1/images/portal/impact`, () => HttpResponse.json({ items, total }));

/** Answers as Backstage's proxy does where the service does not run. */
export const isDown = () =>
  HttpResponse.json({ error: { message: 'connect ECONNREFUSED' } }, { status: 504 });
