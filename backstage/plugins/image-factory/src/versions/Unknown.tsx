import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { imageFactoryTranslationRef } from '../translation';

/** In the place of a value: that it is not known, or that the service is still reading it. */
export function Unknown(props: { pending?: boolean }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return <Text color="secondary">{props.pending ? t('versions.loading') : t('versions.unknown')}</Text>;
}
