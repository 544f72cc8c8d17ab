/** The text if it is an http or https address, so that it can become a link; else undefined. */
export function webAddress(text: string | null | undefined): string | undefined {
  return text && /^https?:\/\/[^/]/i.test(text) ? text : undefined;
}
