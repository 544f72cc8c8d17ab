/** An answer of the service that is an error, or no answer. `message` is a sentence for a person. */
export class ServiceError extends Error {
  constructor(
    /** The HTTP status; 0 if the service was not reached. */
    readonly status: number,
    message: string,
    /** What is wrong with each field of a form, by its name. */
    readonly fields: Record<string, string[]> = {},
    /** After how many seconds the service wants to be asked again; undefined if it does not say. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'ServiceError';
  }

  /** Whether the same request can succeed later without a change: the service is down, busy or limited. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}
