import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import { answerOf } from '../api';
import { useDebounced, useServiceQuery } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { FIELD_WIDTH } from './widths';

const ANY = '';
const SHOWN = 20;

/** Finds the images that directly depend on another one, whose name is searched for. */
export function DependencyFilter(props: { value: string; onChange: (name: string) => void }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState('');
  const names = useNames(useDebounced(text.trim()), opened);
  const others = names.filter(name => name !== props.value);
  return (
    <Select
      label={t('images.dependsOn')}
      options={[
        { value: ANY, label: t('images.anyImage') },
        ...[props.value, ...others].filter(Boolean).map(value => ({ value, label: value })),
      ]}
      search={{
        mode: 'server',
        inputValue: text,
        onInputChange: setText,
        placeholder: t('images.searchImage'),
      }}
      style={{ maxWidth: FIELD_WIDTH }}
      value={props.value}
      onChange={value => props.onChange(String(value ?? ANY))}
      onOpenChange={() => setOpened(true)}
    />
  );
}

function useNames(q: string, enabled: boolean): string[] {
  const query = useServiceQuery(['image-names', q], {
    read: (api, signal) =>
      answerOf(
        api.http.GET('/api/v1/images', {
          params: { query: { q: q || undefined, pageSize: SHOWN } },
          signal,
        }),
      ),
    keepPrevious: true,
    enabled,
  });
  return query.data?.items.map(image => image.name) ?? [];
}
