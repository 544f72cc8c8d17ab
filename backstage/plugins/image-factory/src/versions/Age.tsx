import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { Moment } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { Unknown } from './Unknown';
import type { Version } from './useVersions';

/** Whether any time of a version is known. */
export function hasAge({ publishedAt, builtAt, firstSeen, expiresAt }: Version): boolean {
  return Boolean(publishedAt ?? builtAt ?? firstSeen ?? expiresAt);
}

/**
 * When a version was published, else built by its own statement, else first seen here; and when the registry removes it.
 */
export function Age(props: { version: Version }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { publishedAt, builtAt, firstSeen, expiresAt, pending } = props.version;
  return (
    <Flex direction="column" gap="1">
      {publishedAt && (
        <Text>
          <Moment at={publishedAt} />
        </Text>
      )}
      {!publishedAt && builtAt && <Text>{t('versions.builtAt', { time: <Moment at={builtAt} /> })}</Text>}
      {!publishedAt && !builtAt && firstSeen && (
        <Text>{t('versions.firstSeenAt', { time: <Moment at={firstSeen} /> })}</Text>
      )}
      {!publishedAt && !builtAt && !firstSeen && <Unknown pending={pending} />}
      {expiresAt && (
        <Text variant="body-small">{t('versions.expires', { time: <Moment at={expiresAt} /> })}</Text>
      )}
    </Flex>
  );
}
