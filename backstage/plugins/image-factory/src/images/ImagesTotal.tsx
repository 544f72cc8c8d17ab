import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { useNumbers } from '../shared';
import { imageFactoryTranslationRef } from '../translation';

/** How many images match; screen readers read it when it changes. */
export function ImagesTotal(props: { total: number }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const number = useNumbers()(props.total);
  return <Text role="status">{t('images.total', { count: props.total, number })}</Text>;
}
