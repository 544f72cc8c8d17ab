import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Text } from '@backstage/ui';
import type { components } from 'backstage-plugin-image-factory-common';
import { imageFactoryTranslationRef } from '../translation';

type Found = components['schemas']['Discovery'];

/** What the last read of the Dockerfile did not find or understand. */
export function Discovery({ discovery }: { discovery: Found | null | undefined }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const place = (line: number, file: string, text: string) =>
    file
      ? t('cards.discovery.lineOf', { file, line: String(line), text })
      : t('cards.discovery.line', { line: String(line), text });
  return (
    <>
      {discovery?.status === 'pending' && <Text>{t('cards.discovery.pending')}</Text>}
      {discovery?.status === 'none' && <Text>{t('cards.discovery.none')}</Text>}
      {discovery?.status === 'failed' && (
        <Alert status="danger" icon title={t('cards.discovery.failed')} description={discovery.error} />
      )}
      {discovery?.unresolved.map(({ file, hint, line, name }) => (
        <Alert
          key={`${file}:${line}:${name}`}
          status="warning"
          icon
          title={t('cards.discovery.unresolved', { name })}
          description={place(line, file, hint || t('cards.discovery.setValue'))}
        />
      ))}
      {discovery?.warnings.map(({ file, line, message }) => (
        <Alert
          key={`${file}:${line}:${message}`}
          status="warning"
          icon
          title={t('cards.discovery.notUnderstood')}
          description={place(line, file, message)}
        />
      ))}
    </>
  );
}
