import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Flex, Text } from '@backstage/ui';
import { Digest, Moment, type Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';

/** What people asked for about an image: what waits for the service, the hold, rebuilds, and skipped digests. */
export function Requests({ image }: { image: Image }) {
  return (
    <>
      <Waiting image={image} />
      <Hold image={image} />
      <Asked image={image} />
      <Skips image={image} />
    </>
  );
}

function Waiting({ image }: { image: Image }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return (
    <>
      {image.requests.map(({ id, kind, requestedBy, reason }) => (
        <Alert
          key={id}
          role="status"
          status="info"
          icon
          title={t('cards.requests.waiting', {
            kind: t(`cards.requests.kind.${kind}`),
            who: requestedBy,
            reason,
          })}
        />
      ))}
    </>
  );
}

function Hold({ image }: { image: Image }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const hold = image.hold;
  if (!hold) return null;
  const since = hold.since && <Moment at={hold.since} />;
  return (
    <Alert
      status="warning"
      icon
      title={t('cards.requests.hold', { reason: hold.reason })}
      description={
        <Words>
          {hold.by && t('cards.requests.heldBy', { who: hold.by })}
          {since}
          {hold.until ? <Until at={hold.until} /> : t('cards.requests.untilReleased')}
        </Words>
      }
    />
  );
}

function Asked({ image }: { image: Image }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return (
    <>
      {image.asked.map(({ at, cve, emergency, reason, requestedBy, until }) => (
        <Alert
          key={at}
          status="info"
          icon
          title={t(emergency ? 'cards.requests.emergency' : 'cards.requests.rebuild', {
            who: requestedBy,
            reason,
          })}
          description={
            <Words>
              <Moment at={at} />
              {cve}
              {until && <Until at={until} />}
            </Words>
          }
        />
      ))}
    </>
  );
}

function Skips({ image }: { image: Image }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return (
    <>
      {image.skips.map(({ at, by, digest, reason }) => (
        <Text key={digest} as="div">
          <Digest digest={digest} /> {t('cards.requests.skip', { who: by, reason })} (<Moment at={at} />)
        </Text>
      ))}
    </>
  );
}

function Until({ at }: { at: string }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const utc = `${at.slice(0, 16).replace('T', ' ')} UTC`;
  return <time dateTime={at}>{t('cards.requests.until', { when: utc })}</time>;
}

/** Parts of a sentence, with spaces between them. */
function Words(props: { children: ReactNode }) {
  return (
    <Flex gap="1" style={{ flexWrap: 'wrap' }}>
      {props.children}
    </Flex>
  );
}
