import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import type { components } from 'backstage-plugin-image-factory-common';
import { Loaded, useImpact } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { CardFrame } from './CardFrame';
import { Waves } from './Waves';
import { useEntityImage } from './useEntityImage';

type ImpactPage = components['schemas']['ImpactPage'];

/** What would be rebuilt, and when, if the digest of the image changed now. */
export function ImpactCard() {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { name } = useEntityImage();
  const impact = useImpact(name);
  return (
    <CardFrame title={t('cards.impact.title')}>
      <Loaded query={impact}>{page => <Impacts page={page} />}</Loaded>
    </CardFrame>
  );
}

function Impacts({ page }: { page: ImpactPage }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { items: impacts, total } = page;
  const automatic = impacts.filter(impact => impact.automatic).length;
  if (!impacts.length) return <Text>{t('cards.impact.nothing')}</Text>;
  return (
    <>
      {total > impacts.length && (
        <Text>{t('cards.impact.more', { shown: String(impacts.length), total: String(total) })}</Text>
      )}
      {total === impacts.length && automatic > 0 && (
        <Text>{t('cards.impact.automatic', { count: automatic })}</Text>
      )}
      {automatic === 0 && <Text>{t('cards.impact.nothingAutomatic')}</Text>}
      <Waves impacts={impacts} />
    </>
  );
}
