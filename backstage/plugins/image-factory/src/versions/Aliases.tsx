import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { imageFactoryTranslationRef } from '../translation';

const SHOWN = 6;

/** The other tags of a digest. */
export function Aliases(props: { tags: readonly string[] }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { tags } = props;
  if (tags.length === 0) return null;
  const rest = tags.slice(SHOWN);
  return (
    <Text variant="body-small">
      {t('versions.aliases', { tags: tags.slice(0, SHOWN).join(', ') })}
      {rest.length > 0 && (
        <span title={rest.join(', ')}> {t('versions.more', { number: String(rest.length) })}</span>
      )}
    </Text>
  );
}
