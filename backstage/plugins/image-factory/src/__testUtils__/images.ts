import { http, HttpResponse, type JsonBodyType } from 'msw';
import type { components } from 'backstage-plugin-image-factory-common';
import { SERVICE } from './service';

type Image = components['schemas']['Image'];

const DAY = 86_400_000;

/** A digest of one repeated hexadecimal character. */
export const digest = (character: string) => `sha256:${character.repeat(64)}`;

/** A time so many days from now, in RFC 3339. */
export const days = (count: number) => new Date(Date.now() + count * DAY).toISOString();

/** A managed image that waits for the delay of its base image. */
export const MANAGED = {
  name: 'portal',
  role: 'managed',
  registry: 'ghcr.io',
  repository: 'acme/portal',
  tag: '1',
  reference: 'ghcr.io/acme/portal:1',
  digest: digest('a'),
  status: 'waiting',
  reason: 'node:22 changed today, rebuild on or after 5 Dec (7-day delay)',
  nextEligibleAt: days(7),
  lastChecked: days(-1),
  lastBuilt: days(-30),
  lastUpdated: days(-29.5),
  dependencies: [
    {
      name: 'node-22',
      reference: 'docker.io/library/node:22',
      role: 'final',
      kinds: ['from'],
      builtOn: digest('b'),
      evidence: 'verified',
      newest: digest('c'),
      status: 'watched',
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
} satisfies Image;

/** A base image. */
export const BASE = {
  ...MANAGED,
  name: 'node-22',
  role: 'base',
  status: 'watched',
  reason: 'no change since 28 Nov',
  nextEligibleAt: null,
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
