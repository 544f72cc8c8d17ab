import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { useLanguage, useNumbers } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { sizeOf } from './sizes';

/** A size in binary units; in words and bytes on hover. */
export function Size(props: { bytes: number | null | undefined }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const language = useLanguage();
  const numbers = useNumbers();
  const { bytes } = props;
  if (bytes === null || bytes === undefined) return <Text>{t('versions.unknown')}</Text>;
  const { size, sign, word } = sizeOf(bytes, language);
  const title = t('versions.exactSize', { size, unit: t(`versions.${word}`), bytes: numbers(bytes) });
  return (
    <Text title={title} style={{ whiteSpace: 'nowrap' }}>
      {size} {sign}
    </Text>
  );
}
