import { useEffect, useRef } from 'react';
import { useRouteRef, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, DialogBody, DialogFooter, Flex, Link, Text } from '@backstage/ui';
import { buildsRouteRef } from '../routes';
import { wordColor, type Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import type { Act } from './acts';
import type { Accepted } from './ask';

/** What the service accepted: what happens next, and where to follow it. */
export function Done(props: { act: Act; image: Image; accepted: Accepted; close: () => void }) {
  const { accepted, act, image } = props;
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { name } = image;
  const button = useRef<HTMLButtonElement>(null);
  // The button that had the focus is gone with the form.
  useEffect(() => button.current?.focus(), []);
  return (
    <>
      <DialogBody>
        <Flex direction="column" gap="3">
          <Alert
            role="status"
            status="success"
            icon
            title={t('actions.done.title')}
            description={accepted.message ?? t('actions.done.check', { name })}
          />
          {accepted.notBuilt?.map(each => (
            <Text key={each.name} color="warning" style={wordColor('warning')}>
              {t('actions.done.notBuilt', { name: each.name, reason: each.reason })}
            </Text>
          ))}
          <Follow act={act} image={image} />
        </Flex>
      </DialogBody>
      <DialogFooter>
        <Button ref={button} onPress={props.close}>
          {t('actions.close')}
        </Button>
      </DialogFooter>
    </>
  );
}

/** The builds of a managed image; else its page, which is open. */
function Follow({ act, image }: { act: Act; image: Image }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const path = useRouteRef(buildsRouteRef)?.();
  if (act === 'check') return null;
  const builds = (act === 'rebuild' || act === 'emergency') && image.role === 'managed';
  return (
    <>
      <Text>{t('actions.done.followPage')}</Text>
      {builds && path && <Link href={path}>{t('actions.done.followBuilds')}</Link>}
    </>
  );
}
