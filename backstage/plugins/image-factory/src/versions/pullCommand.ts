/** The command that pulls exactly this version; a tag that stands before a digest is not needed, but shows what it is. */
export function pullCommand(reference: string): string {
  return `docker pull ${reference}`;
}

/** The command that pulls the image of one platform, which no tag names. */
export function platformPullCommand(version: { reference: string; tag: string }, digest: string): string {
  const [tagged] = version.reference.split('@', 1);
  const end = `:${version.tag}`;
  return pullCommand(`${tagged.endsWith(end) ? tagged.slice(0, -end.length) : tagged}@${digest}`);
}
