import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link, Text } from '@backstage/ui';
import type { components } from 'backstage-plugin-image-factory-common';
import { Moment, webAddress, wordColor } from '../shared';
import { imageFactoryTranslationRef } from '../translation';

type Rebuild = components['schemas']['Rebuild'];

const COLORS = { success: 'success', failure: 'danger', cancelled: 'warning', timed_out: 'danger' } as const;

/** The latest rebuild of an image: how far it is or how it ended, when, by whom, why, and its run. */
export function LastRebuild({ rebuild }: { rebuild: Rebuild | null }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  if (!rebuild) return <>{t('cards.image.notRebuilt')}</>;
  const run = webAddress(rebuild.url);
  return (
    <>
      <div>
        <Result rebuild={rebuild} /> <Moment at={rebuild.completedAt ?? rebuild.requestedAt} />,{' '}
        {t('cards.rebuild.by', { who: rebuild.requestedBy })}
      </div>
      <div>{rebuild.reason}</div>
      {rebuild.error && (
        <Text as="div" color="danger" style={wordColor('danger')}>
          {rebuild.error}
        </Text>
      )}
      {run && (
        <Link href={run} target="_blank" rel="noreferrer">
          {t('cards.rebuild.openRun')}
        </Link>
      )}
    </>
  );
}

function Result({ rebuild }: { rebuild: Rebuild }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { conclusion, emergency, status } = rebuild;
  return (
    <Text weight="bold" style={wordColor(conclusion ? COLORS[conclusion] : 'info')}>
      {emergency && `${t('cards.rebuild.emergency')}: `}
      {conclusion ? t(`cards.rebuild.${conclusion}`) : t(`cards.rebuild.${status}`)}
    </Text>
  );
}
