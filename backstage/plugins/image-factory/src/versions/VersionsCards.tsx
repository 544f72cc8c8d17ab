import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Card, CardBody, Flex, TablePagination, Text } from '@backstage/ui';
import { imageFactoryTranslationRef } from '../translation';
import { Age, hasAge } from './Age';
import { DigestActions } from './DigestActions';
import { Platforms } from './Platforms';
import { Security } from './Security';
import { Size } from './Size';
import { TagFacts } from './TagFacts';
import type { VersionsShown } from './VersionsList';

/** One page of versions on a phone: each is a card, so that nothing is cut off. */
export function VersionsCards(props: VersionsShown) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { pagination } = props;
  const { items } = props.page;
  if (items.length === 0) return <Text>{props.filtered ? t('versions.noMatch') : t('versions.empty')}</Text>;
  return (
    <Flex direction="column" gap="3">
      <ul
        aria-label={t('versions.list')}
        aria-busy={props.loading}
        style={{ listStyle: 'none', margin: 0, padding: 0, display: 'grid', gap: 'var(--bui-space-2)' }}
      >
        {items.map(version => (
          <li key={version.tag} style={{ minWidth: 0 }}>
            <Card>
              <CardBody>
                <Flex direction="column" gap="2">
                  <TagFacts version={version} image={props.image} />
                  <Flex gap="3" style={{ flexWrap: 'wrap' }}>
                    <Size
                      bytes={version.size}
                      pending={version.pending}
                      inDetails={version.platforms.length > 0}
                    />
                    {hasAge(version) && <Age version={version} />}
                  </Flex>
                  <Platforms platforms={version.platforms} pending={version.pending} />
                  <Security version={version} />
                  <DigestActions version={version} onDetails={() => props.onDetails(version.tag)} />
                </Flex>
              </CardBody>
            </Card>
          </li>
        ))}
      </ul>
      {pagination.type === 'page' && <TablePagination {...pagination} />}
    </Flex>
  );
}
