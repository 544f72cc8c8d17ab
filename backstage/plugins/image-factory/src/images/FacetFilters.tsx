import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import { ownerName, statusMessages, useFacets, useNumbers, type Facet, type ImageStatus } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import type { ChangeView } from './useImagesView';
import { ROLES, type ImagesView } from './view';

/** How often the choices are read again, in milliseconds. */
const EVERY = 60_000;
const ANY = 'any';
const STATUSES = Object.keys(statusMessages) as ImageStatus[];

/** Filters with the values that images have, each with the number of images. */
export function FacetFilters(props: { view: ImagesView; change: ChangeView }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { view, change } = props;
  const facets = useFacets([], EVERY).data;
  const known = (values: readonly string[]) => values.map(value => ({ value, count: 0 }));
  return (
    <>
      <Several
        label={t('images.status')}
        facets={facets ? facets.statuses : known(STATUSES)}
        name={status => t(`status.${status as ImageStatus}`)}
        selected={view.status}
        onChange={values => change({ status: STATUSES.filter(status => values.includes(status)) })}
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
        value={view.role ?? ANY}
        onChange={value => change({ role: ROLES.find(role => role === value) })}
      />
    </>
  );
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
