import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { useLanguage } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { platformLabel, type Platform } from './platformLabel';
import { sizeOf } from './sizes';
import { Unknown } from './Unknown';

/** The platforms of a version; the size of each on hover, where it is known. */
export function Platforms(props: { platforms: readonly Platform[]; pending?: boolean }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const language = useLanguage();
  if (props.platforms.length === 0) return <Unknown pending={props.pending} />;
  const titleOf = (platform: Platform) => {
    if (typeof platform.size !== 'number') return undefined;
    const { size, word } = sizeOf(platform.size, language);
    return t('versions.platformSize', {
      platform: platformLabel(platform),
      size,
      unit: t(`versions.${word}`),
    });
  };
  return (
    <Flex gap="2" style={{ flexWrap: 'wrap' }}>
      {props.platforms.map((platform, index) => (
        <Text key={`${index} ${platformLabel(platform)}`} title={titleOf(platform)}>
          {platformLabel(platform)}
        </Text>
      ))}
    </Flex>
  );
}
