import { stringifyEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityInfoCard, useEntity } from '@backstage/plugin-catalog-react';
import { ImagesSummary } from '../images/summary';
import { imageFactoryTranslationRef } from '../translation';

/** The images that a group owns, on its page. */
export function TeamImagesCard() {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const owner = stringifyEntityRef(useEntity().entity);
  return (
    <EntityInfoCard title={t('team.title')}>
      <ImagesSummary owners={[owner]} empty={t('team.empty')} />
    </EntityInfoCard>
  );
}
