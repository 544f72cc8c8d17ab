import { ServiceError } from './ServiceError';

/** What openapi-fetch returns: an answer, or the body of an error. */
interface Fetched<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * Waits for an answer.
 *
 * @throws ServiceError with the message of the service, or with what to do if there is none.
 */
export async function answerOf<T>(fetched: Promise<Fetched<T>>): Promise<T> {
  let answer: Fetched<T>;
  try {
    answer = await fetched;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ServiceError(0, 'Image Factory could not be reached. Check your connection, and try again.');
  }
  if (!answer.response.ok) throw serviceError(answer.response, answer.error);
  return answer.data as T;
}

function serviceError({ status, headers }: Response, body: unknown): ServiceError {
  const { message, errors } = problemOf(body);
  const wait = Number(headers.get('retry-after') ?? undefined);
  return new ServiceError(status, message ?? fallback(status), fieldsOf(errors), wait > 0 ? wait : undefined);
}

function problemOf(body: unknown): { message?: string; errors?: unknown } {
  if (typeof body !== 'object' || body === null) return {};
  const { message, errors, error } = body as Record<string, unknown>;
  // Backstage itself answers {"error": {"message"}}, for example when the proxy plugin does not reach the service.
  const inner =
    typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : undefined;
  const text = message ?? inner;
  return { message: typeof text === 'string' && text ? text : undefined, errors };
}

function fallback(status: number): string {
  if (status === 401) return 'Backstage did not send your sign-in. Sign in again.';
  if (status === 403) return 'You do not have permission for this.';
  if (status === 404) return 'Image Factory does not know this image.';
  if (status === 429) return 'Too many requests. Wait a moment, and try again.';
  if (status >= 500) return `Image Factory does not work at the moment (status ${status}). Try again later.`;
  return `Image Factory answered with status ${status}.`;
}

function fieldsOf(errors: unknown): Record<string, string[]> {
  const json = (errors as { json?: unknown } | undefined)?.json ?? {};
  const entries = Object.entries(json as Record<string, unknown>);
  return Object.fromEntries(entries.map(([field, messages]) => [field, [messages].flat(2).map(String)]));
}
