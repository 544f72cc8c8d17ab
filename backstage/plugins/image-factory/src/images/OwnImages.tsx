import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Switch } from '@backstage/ui';
import { useCaller } from '../shared';
import { imageFactoryTranslationRef } from '../translation';

/** Shows only the images that the user owns, also through groups. The address has these owners, so a link shows the same. */
export function OwnImages(props: {
  owners: readonly string[];
  onChange: (owners: readonly string[]) => void;
}) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const own = useCaller().data?.owners ?? [];
  if (own.length === 0) return null;
  const selected = props.owners.length === own.length && own.every(owner => props.owners.includes(owner));
  return (
    <Switch
      label={t('images.own')}
      isSelected={selected}
      onChange={chosen => props.onChange(chosen ? own : [])}
    />
  );
}
