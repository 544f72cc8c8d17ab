import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell, Flex, Text } from '@backstage/ui';
import { Moment } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { Unknown } from './Unknown';
import type { Version } from './useVersions';

/** When a version was published, or else built by its own statement; and when the registry removes it. */
export function AgeCell(props: { version: Version }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { publishedAt, builtAt, expiresAt, pending } = props.version;
  const built = <Moment at={builtAt} />;
  return (
    <Cell>
      <Flex direction="column" gap="1">
        {publishedAt && (
          <Text>
            <Moment at={publishedAt} />
          </Text>
        )}
        {!publishedAt && builtAt && <Text>{t('versions.builtAt', { time: built })}</Text>}
        {!publishedAt && !builtAt && <Unknown pending={pending} />}
        {expiresAt && (
          <Text variant="body-small">{t('versions.expires', { time: <Moment at={expiresAt} /> })}</Text>
        )}
      </Flex>
    </Cell>
  );
}
