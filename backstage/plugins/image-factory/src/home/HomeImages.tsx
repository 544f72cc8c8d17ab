import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import { ImagesSummary, useImagesAddress } from '../images/summary';
import { useCaller } from '../shared';
import { imageFactoryTranslationRef } from '../translation';

/** The images of everybody, for the home page. */
export function HomeImages() {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const owners = useCaller().data?.owners ?? [];
  const own = useImagesAddress()({ owner: owners });
  return (
    <ImagesSummary owners={[]} empty={t('home.empty')}>
      {own && owners.length > 0 && <Link href={own}>{t('home.own')}</Link>}
    </ImagesSummary>
  );
}
