import { CopyButton } from './CopyButton';

const CHARACTERS = 12;

/** The algorithm and the first twelve characters of a digest. */
export function shortDigest(digest: string): string {
  const [algorithm, characters = ''] = digest.split(':', 2);
  return characters ? `${algorithm}:${characters.slice(0, CHARACTERS)}` : algorithm;
}

/**
 * A digest, short, with the whole one on hover and a button that copies it.
 *
 * @param props.copied - what the button copies instead of the digest, such as the reference with the digest
 */
export function Digest(props: { digest: string; copied?: string }) {
  return (
    <span style={{ whiteSpace: 'nowrap' }}>
      <code title={props.digest}>{shortDigest(props.digest)}</code>
      <CopyButton text={props.copied ?? props.digest} />
    </span>
  );
}
