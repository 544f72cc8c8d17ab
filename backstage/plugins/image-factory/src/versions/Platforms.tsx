import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Text } from '@backstage/ui';
import type { components } from 'backstage-plugin-image-factory-common';
import { useLanguage } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { sizeOf } from './sizes';

type Platform = components['schemas']['Platform'];

/** The platforms of a version; the size of each on hover. */
export function Platforms(props: { platforms: readonly Platform[] }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const language = useLanguage();
  if (props.platforms.length === 0) return <Text>{t('versions.unknown')}</Text>;
  const titleOf = (platform: Platform) => {
    if (typeof platform.size !== 'number') return undefined;
    const { size, word } = sizeOf(platform.size, language);
    return t('versions.platformSize', { platform: label(platform), size, unit: t(`versions.${word}`) });
  };
  return (
    <Flex gap="2" style={{ flexWrap: 'wrap' }}>
      {props.platforms.map(platform => (
        <Text key={`${label(platform)} ${platform.digest}`} title={titleOf(platform)}>
          {label(platform)}
        </Text>
      ))}
    </Flex>
  );
}

function label({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join('/');
}
