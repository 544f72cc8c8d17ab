import { Link } from '@backstage/ui';
import { webAddress } from '../shared';
import type { Run } from './runs';

const SHOWN = 7;

/** The commit that is built, short; all of it and its message on hover. */
export function Commit(props: { run: Run }) {
  const { headSha, commitUrl, title } = props.run;
  const address = webAddress(commitUrl);
  const words = [headSha, title].filter(Boolean).join('\n');
  const short = <code title={words}>{headSha.slice(0, SHOWN)}</code>;
  if (!address) return short;
  return (
    <Link href={address} target="_blank" rel="noreferrer">
      {short}
    </Link>
  );
}
