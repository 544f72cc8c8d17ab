import type { Entity } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Link } from '@backstage/ui';
import type { Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { pagesOf } from './links';
import { ServiceLink } from './ServiceLink';

/** The pages of an image elsewhere: at its registry and the service, its source, workflow, state file and last run. */
export function ImageLinks({ entity, image }: { entity: Entity; image: Image }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const pages = pagesOf(image, entity, {
    registry: t('cards.links.registry'),
    source: t('cards.links.source'),
    workflow: t('cards.links.workflow'),
    stateFile: t('cards.links.stateFile'),
  });
  const page = image.links?.page;
  if (!pages.length && !page) return null;
  return (
    <nav aria-label={t('cards.image.links')}>
      <Flex gap="3" style={{ flexWrap: 'wrap' }}>
        {page && <ServiceLink page={page} />}
        {pages.map(({ url, title }) => (
          <Link key={url} href={url} target="_blank" rel="noreferrer">
            {title}
          </Link>
        ))}
      </Flex>
    </nav>
  );
}
