import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Flex, SearchField, Select } from '@backstage/ui';
import { EnrollLink } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { DependencyFilter } from './DependencyFilter';
import { DigestFilter } from './DigestFilter';
import { FacetFilters } from './FacetFilters';
import { OwnImages } from './OwnImages';
import type { ChangeView } from './useImagesView';
import { useTypedText } from './useTypedText';
import { SORTS, type ImagesView } from './view';
import { FIELD_WIDTH } from './widths';

/** The filters and the order of the images, and what else can be done. `clear` is missing where nothing is filtered. */
export function ImagesBar(props: { view: ImagesView; change: ChangeView; clear: (() => void) | undefined }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { view, change } = props;
  const search = useTypedText(view.q, q => change({ q }, { replace: true }));
  const row = { gap: '4', align: 'end', style: { flexWrap: 'wrap' } } as const;
  return (
    <Flex role="search" aria-label={t('images.filters')} direction="column" gap="3">
      <Flex {...row}>
        <SearchField
          label={t('images.search')}
          placeholder={t('images.searchHint')}
          value={search.text}
          onChange={search.onChange}
          style={{ maxWidth: FIELD_WIDTH }}
        />
        <FacetFilters view={view} change={change} />
      </Flex>
      <Flex {...row}>
        <DependencyFilter value={view.dependsOn} onChange={dependsOn => change({ dependsOn })} />
        <DigestFilter view={view} change={change} />
        <OwnImages owners={view.owner} onChange={owner => change({ owner })} />
      </Flex>
      <Flex {...row}>
        <Select
          label={t('images.sort')}
          options={SORTS.map(value => ({ value, label: t(`images.sorts.${value}`) }))}
          style={{ maxWidth: FIELD_WIDTH }}
          value={view.sort}
          onChange={value => change({ sort: SORTS.find(sort => sort === value) })}
        />
        {props.clear && (
          <Button variant="tertiary" onPress={props.clear}>
            {t('images.clear')}
          </Button>
        )}
        <EnrollLink />
      </Flex>
    </Flex>
  );
}
