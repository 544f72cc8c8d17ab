import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Text } from '@backstage/ui';
import { Moment, useNumbers } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import type { RunPage } from './runs';
import { unfinished } from './useRuns';

/** How current a list of builds is, how many there are, and how many have not ended. */
export function BuildsNotices(props: { page: RunPage }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { page } = props;
  // A list that was just read is newer than the clock of the moment that is shown: a new one says "just now".
  const time = <Moment key={page.fetchedAt} at={page.fetchedAt} />;
  const numbers = useNumbers();
  const { total } = page;
  const running = unfinished(page);
  return (
    <>
      {page.stale ? (
        <Alert role="status" status="warning" icon title={t('builds.stale', { time })} />
      ) : (
        <Text>{t('builds.readFrom', { time })}</Text>
      )}
      <Text role="status">
        {t('builds.total', { count: total, number: numbers(total) })}
        {running > 0 && `. ${t('builds.running', { count: running, number: numbers(running) })}`}
      </Text>
    </>
  );
}
