import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Link } from '@backstage/ui';
import { webAddress } from '../shared';
import { imageFactoryTranslationRef } from '../translation';

/** The pages of an image elsewhere: at its registry, its source, its last run. */
export function ImageLinks(props: { links: readonly { url: string; title?: string }[] }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const links = props.links.filter(link => webAddress(link.url));
  if (!links.length) return null;
  return (
    <nav aria-label={t('cards.image.links')}>
      <Flex gap="3" style={{ flexWrap: 'wrap' }}>
        {links.map(({ url, title }) => (
          <Link key={url} href={url}>
            {title ?? url}
          </Link>
        ))}
      </Flex>
    </nav>
  );
}
