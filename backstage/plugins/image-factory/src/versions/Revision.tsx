import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link, Text } from '@backstage/ui';
import { webAddress } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import type { Version } from './useVersions';

const CHARACTERS = 12;

/** The revision of the source that a version was built from, with a link where the service knows its page. */
export function Revision(props: { version: Version }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { revision, revisionUrl } = props.version;
  if (!revision) return null;
  const address = webAddress(revisionUrl);
  const text = t('versions.revision', { revision: revision.slice(0, CHARACTERS) });
  return (
    <Text variant="body-small" title={revision}>
      {address ? (
        <Link href={address} target="_blank" rel="noreferrer" variant="body-small">
          {text}
        </Link>
      ) : (
        text
      )}
    </Text>
  );
}
