import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { useLanguage } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { duration } from './durations';
import { isFinished, type Run } from './runs';

/** How long the last attempt of a build took, or has taken so far. */
export function RunDuration(props: { run: Run }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const language = useLanguage();
  const seconds = props.run.durationSeconds;
  if (seconds === null || seconds === undefined) {
    return <Text>{t('builds.notStarted')}</Text>;
  }
  const words = duration(seconds, language);
  return (
    <Text title={duration(seconds, language, 'long')} style={{ whiteSpace: 'nowrap' }}>
      {isFinished(props.run) ? words : t('builds.soFar', { duration: words })}
    </Text>
  );
}
