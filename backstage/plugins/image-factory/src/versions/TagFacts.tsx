import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Badge, Flex, Link, Text } from '@backstage/ui';
import { RiCheckLine, RiPriceTag3Line, RiZzzLine } from '@remixicon/react';
import { Moment, shortDigest, webAddress, type Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { Aliases } from './Aliases';
import { Problem } from './Problem';
import { Revision } from './Revision';
import type { Version } from './useVersions';

/** A tag, with a link to its page at the registry, and what it is for the image. */
export function TagFacts(props: { version: Version; image: Image | undefined }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { version, image } = props;
  const address = webAddress(version.url);
  const enrolled = image !== undefined && version.tag === image.tag;
  const current = Boolean(version.digest) && version.digest === image?.digest;
  return (
    <Flex direction="column" gap="1" align="start">
      <Flex gap="2" align="center" style={{ flexWrap: 'wrap' }}>
        {address ? (
          <Link href={address} target="_blank" rel="noreferrer">
            {version.tag}
          </Link>
        ) : (
          <Text>{version.tag}</Text>
        )}
        {enrolled && (
          <Badge icon={<RiPriceTag3Line />}>
            {image.role === 'base' ? t('versions.watched') : t('versions.enrolled')}
          </Badge>
        )}
        {current && <Badge icon={<RiCheckLine />}>{t('versions.current')}</Badge>}
        {version.kind && version.kind !== 'image' && <Badge>{t(`versions.${version.kind}`)}</Badge>}
        <Inactive version={version} />
      </Flex>
      <Aliases tags={version.aliases} />
      {current && version.firstSeen && (
        <Text variant="body-small">{t('versions.since', { time: <Moment at={version.firstSeen} /> })}</Text>
      )}
      <BuiltFrom version={version} />
      <Revision version={version} />
      <Problem version={version} />
    </Flex>
  );
}

function Inactive(props: { version: Version }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { activity } = props.version;
  if (activity !== 'inactive' && activity !== 'stale') return null;
  return (
    <span title={t('versions.inactiveMeaning')}>
      <Badge icon={<RiZzzLine />}>{t('versions.inactive')}</Badge>
    </span>
  );
}

function BuiltFrom(props: { version: Version }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const names = (props.version.builtFrom ?? []).map(({ reference, digest }) =>
    reference ? `${reference} (${shortDigest(digest)})` : shortDigest(digest),
  );
  if (names.length === 0) return null;
  return <Text variant="body-small">{t('versions.builtFrom', { images: names.join(', ') })}</Text>;
}
