/** The command that pulls exactly this version; a tag that stands before a digest is not needed, but shows what it is. */
export function pullCommand(reference: string): string {
  return `docker pull ${reference}`;
}
