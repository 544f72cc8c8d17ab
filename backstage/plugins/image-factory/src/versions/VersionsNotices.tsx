import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Text } from '@backstage/ui';
import { Moment, useNumbers } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import type { VersionPage } from './useVersions';

/** How current and how complete a list of versions is, and that its registry has no dates. */
export function VersionsNotices(props: { page: VersionPage; registry: string | undefined }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const numbers = useNumbers();
  const { page } = props;
  // A list that was just read is newer than the clock of the moment that is shown: a new one says "just now".
  const time = <Moment key={page.fetchedAt} at={page.fetchedAt} />;
  const registry = props.registry ?? t('versions.theRegistry');
  return (
    <>
      {page.reading && (
        <Alert role="status" status="info" icon title={t('versions.outdated', { registry, time })} />
      )}
      {page.stale && !page.reading && (
        <Alert role="status" status="warning" icon title={t('versions.stale', { registry, time })} />
      )}
      {!page.stale && <Text>{t('versions.readFrom', { registry, time })}</Text>}
      {page.problem && (
        <Alert
          role="status"
          status="warning"
          icon
          title={t('versions.brokenOff', { registry })}
          description={page.problem}
        />
      )}
      {page.complete === false && !page.reading && (
        <Text role="status">{t('versions.reading', { registry })}</Text>
      )}
      {page.unread > 0 && (
        <Text>{t('versions.unread', { count: page.unread, number: numbers(page.unread) })}</Text>
      )}
      {page.order === 'version' && <Text>{t('versions.byVersion')}</Text>}
    </>
  );
}
