import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { imageFactoryTranslationRef } from '../translation';
import { exact, relative } from './times';
import { useLanguage } from './useLanguage';
import { useNow } from './useNow';

/**
 * A time as its distance from now, such as "2 days ago", with the exact time on hover.
 *
 * @param props.at - in RFC 3339; null if it is not known
 */
export function Moment(props: { at: string | null | undefined }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const language = useLanguage();
  const now = useNow();
  if (!props.at) return <>{t('shared.unknownTime')}</>;
  const at = new Date(props.at);
  const close = at.getTime() > now ? t('shared.soon') : t('shared.justNow');
  return (
    <time dateTime={props.at} title={exact(at, language)}>
      {relative(at, now, language) ?? close}
    </time>
  );
}
