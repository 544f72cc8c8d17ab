import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { answerOf } from '../api';
import { Moment, useNow, useServiceQuery } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { Fact } from './Facts';

const EVERY = 30_000;

/** When digests are checked next at the latest; nothing where that is not known. */
export function NextCheck({ registry }: { registry: string }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const now = useNow();
  const checks = useServiceQuery(['checks'], {
    read: async (api, signal) => {
      const page = await answerOf(api.http.GET('/api/v1/checks', { signal }));
      // The service can also answer in CSV, which is not asked for.
      return typeof page === 'string' ? [] : page.items;
    },
    every: EVERY,
  });
  const worker = checks.data?.find(part => part.part === 'worker');
  // Webhooks report the changes of these registries, so their images are not part of each check.
  const resting = worker?.resting.includes(registry);
  if (!worker?.nextAt || resting) return null;
  const due = Date.parse(worker.nextAt) <= now;
  return (
    <Fact label={t('cards.image.nextCheck')}>
      {due ? t('cards.image.nextCheckDue') : <Moment at={worker.nextAt} />}
    </Fact>
  );
}
