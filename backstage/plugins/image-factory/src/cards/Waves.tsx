import { coreApis, useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { ImageLink, useNow, utcDay, type Impact, wordColor } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { PlainList } from './PlainList';
import { wavesOf } from './waves';

/** Impacts in waves: what is rebuilt first, then what is built from that. */
export function Waves({ impacts }: { impacts: readonly Impact[] }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return (
    <>
      {wavesOf(impacts).map(wave => (
        <section key={wave.number} aria-label={t('cards.impact.wave', { number: String(wave.number) })}>
          <Text as="h3" weight="bold">
            {t('cards.impact.wave', { number: String(wave.number) })}
          </Text>
          <PlainList>
            {wave.impacts.map(impact => (
              <li key={impact.name}>
                <Line impact={impact} />
              </li>
            ))}
          </PlainList>
        </section>
      ))}
    </>
  );
}

function Line({ impact }: { impact: Impact }) {
  return (
    <>
      <Flex justify="between">
        <ImageLink name={impact.name} />
        {impact.eligibleAt && (
          <Text>
            <From at={impact.eligibleAt} />
          </Text>
        )}
      </Flex>
      {impact.reason && (
        <Text as="div" variant="body-small" style={wordColor(impact.automatic ? 'primary' : 'warning')}>
          {impact.reason}
        </Text>
      )}
    </>
  );
}

function From({ at }: { at: string }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { language } = useApi(coreApis.appLanguage).getLanguage();
  const now = useNow();
  const time = new Date(at);
  // The service counts from its own clock, at the moment of the answer.
  const atOnce = time.getTime() <= now + 60_000;
  return (
    <time dateTime={at}>
      {atOnce ? t('cards.impact.atOnce') : t('cards.impact.from', { day: utcDay(time, now, language) })}
    </time>
  );
}
