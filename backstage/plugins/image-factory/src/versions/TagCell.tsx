import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Badge, Cell, Flex, Link, Text } from '@backstage/ui';
import { RiCheckLine, RiPriceTag3Line } from '@remixicon/react';
import { webAddress, type Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import type { Version } from './useVersions';

const ALIASES = 6;

/** A tag, with a link to its page at the registry, its other names, and what it is for the image. */
export function TagCell(props: { version: Version; image: Image | undefined }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { version, image } = props;
  const address = webAddress(version.url);
  const enrolled = image !== undefined && version.tag === image.tag;
  const current = Boolean(version.digest) && version.digest === image?.digest;
  return (
    <Cell>
      <Flex direction="column" gap="1">
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
        </Flex>
        <Aliases tags={version.aliases} />
      </Flex>
    </Cell>
  );
}

function Aliases(props: { tags: readonly string[] }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { tags } = props;
  if (tags.length === 0) return null;
  const rest = tags.slice(ALIASES);
  return (
    <Text variant="body-small">
      {t('versions.aliases', { tags: tags.slice(0, ALIASES).join(', ') })}
      {rest.length > 0 && (
        <span title={rest.join(', ')}> {t('versions.more', { number: String(rest.length) })}</span>
      )}
    </Text>
  );
}
