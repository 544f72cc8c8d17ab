import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import { ownerName, useFacets, useNumbers, type Facet, type Facets, type ImageStatus } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { IN_ORDER } from './summary';
import type { ChangeView } from './useImagesView';
import { ROLES, type ImagesView } from './view';
import { FIELD_WIDTH } from './widths';

/** How often the choices are read again, in milliseconds. */
const EVERY = 60_000;
const ANY = 'any';

/** Filters with the values that images have, each with the number of images. */
export function FacetFilters(props: { view: ImagesView; change: ChangeView }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { view, change } = props;
  const facets = useFacets([], EVERY).data;
  return (
    <>
      <Several
        label={t('images.status')}
        facets={statuses(facets)}
        name={status => t(`status.${status as ImageStatus}`)}
        selected={view.status}
        onChange={values => change({ status: IN_ORDER.filter(status => values.includes(status)) })}
      />
      <Several
        label={t('images.owner')}
        facets={facets?.owners}
        name={ownerName}
        selected={view.owner}
        onChange={owner => change({ owner })}
      />
      <Several
        label={t('images.registry')}
        facets={facets?.registries}
        name={registry => registry}
        selected={view.registry}
        onChange={registry => change({ registry })}
      />
      <Select
        label={t('images.role')}
        options={[
          { value: ANY, label: t('images.anyRole') },
          ...ROLES.map(value => ({ value, label: t(`images.roles.${value}`) })),
        ]}
        style={{ maxWidth: FIELD_WIDTH }}
        value={view.role ?? ANY}
        onChange={value => change({ role: ROLES.find(role => role === value) })}
      />
    </>
  );
}

/** The statuses that images have, what needs attention first; all statuses while that is not known. */
function statuses(facets: Facets | undefined): Facet[] {
  const count = (status: ImageStatus) => facets?.statuses.find(({ value }) => value === status)?.count ?? 0;
  const counted = IN_ORDER.map(value => ({ value, count: count(value) }));
  return facets ? counted.filter(facet => facet.count) : counted;
}

/** A filter that takes several values. What is selected stays a choice, although no image has it now. */
function Several(props: {
  label: string;
  facets: readonly Facet[] | undefined;
  name: (value: string) => string;
  selected: readonly string[];
  onChange: (values: string[]) => void;
}) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const numbers = useNumbers();
  const { facets = [], selected, name } = props;
  const gone = selected.filter(value => !facets.some(facet => facet.value === value));
  return (
    <Select
      label={props.label}
      placeholder={t('images.all')}
      style={{ maxWidth: FIELD_WIDTH }}
      selectionMode="multiple"
      search={facets.length > 12 ? true : undefined}
      options={[
        ...facets.map(({ value, count }) => ({
          value,
          label: count ? t('images.choice', { name: name(value), number: numbers(count) }) : name(value),
        })),
        ...gone.map(value => ({ value, label: name(value) })),
      ]}
      value={[...selected]}
      onChange={values => props.onChange(values.map(String))}
    />
  );
}
