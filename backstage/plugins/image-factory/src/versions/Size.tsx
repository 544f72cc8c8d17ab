import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { useLanguage, useNumbers } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { sizeOf } from './sizes';
import { Unknown } from './Unknown';

/** A size in binary units; in words and bytes on hover. */
export function Size(props: { bytes: number | null | undefined; pending?: boolean; inDetails?: boolean }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const language = useLanguage();
  const numbers = useNumbers();
  const { bytes } = props;
  if (bytes === null || bytes === undefined) {
    if (props.inDetails && !props.pending) return <Text color="secondary">{t('versions.inDetails')}</Text>;
    return <Unknown pending={props.pending} />;
  }
  const { size, sign, word } = sizeOf(bytes, language);
  const title = t('versions.exactSize', { size, unit: t(`versions.${word}`), bytes: numbers(bytes) });
  return (
    <Text title={title} style={{ whiteSpace: 'nowrap' }}>
      {size} {sign}
    </Text>
  );
}
