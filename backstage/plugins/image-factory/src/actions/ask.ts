import type { components } from 'backstage-plugin-image-factory-common';
import { answerOf, type ImageFactoryApi } from '../api';
import type { Act, Form } from './acts';

/** What the service answered to a request. */
export interface Accepted {
  /** What happens next, a sentence of the service; undefined for a check. */
  readonly message?: string;
  /** What cannot be rebuilt, and why. */
  readonly notBuilt?: readonly components['schemas']['NotBuilt'][];
}

/**
 * Sends what a person asks for.
 *
 * @throws ServiceError if it is refused; `fields` has the messages for the fields of the form.
 */
export async function ask(api: ImageFactoryApi, act: Act, name: string, form: Form): Promise<Accepted> {
  const { reason } = form;
  const params = { path: { name } };
  const until = form.until.trim() || null;
  const cve = form.cve.trim() || null;
  switch (act) {
    case 'rebuild':
    case 'emergency': {
      const body = { reason, cve, until, emergency: act === 'emergency', builtFrom: null };
      return answerOf(api.http.POST('/api/v1/images/{name}/rebuilds', { params, body }));
    }
    case 'hold':
      return answerOf(api.http.POST('/api/v1/images/{name}/hold', { params, body: { reason, until } }));
    case 'release':
      return answerOf(api.http.DELETE('/api/v1/images/{name}/hold', { params, body: { reason } }));
    case 'skip': {
      const body = { reason, digest: form.digest };
      return answerOf(api.http.POST('/api/v1/images/{name}/skips', { params, body }));
    }
    case 'unskip': {
      const body = { reason, digest: form.digest };
      return answerOf(api.http.DELETE('/api/v1/images/{name}/skips', { params, body }));
    }
    case 'check':
      await answerOf(api.http.POST('/api/v1/checks', { body: { names: [name] } }));
      return {};
    default:
      throw new TypeError(`Unknown act ${act satisfies never}`);
  }
}
