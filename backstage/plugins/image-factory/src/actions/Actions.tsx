import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Flex, Text } from '@backstage/ui';
import { wordColor, type Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { ActDialog } from './ActDialog';
import { offeredActs, type Act } from './acts';

/** Buttons for what the caller may ask for about an image, each with its dialog; nothing without a permission. */
export function Actions({ image }: { image: Image }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const [open, setOpen] = useState<Act>();
  const acts = offeredActs(image);
  return (
    <>
      {image.noBuild && (
        <Text color="warning" style={wordColor('warning')}>
          {t('actions.noBuild', { why: image.noBuild })}
        </Text>
      )}
      {acts.length > 0 && (
        <Flex gap="2" role="group" aria-label={t('actions.toolbar')} style={{ flexWrap: 'wrap' }}>
          {acts.map(act => (
            <Button
              key={keyOf(act)}
              size="small"
              variant={act === 'emergency' ? 'primary' : 'secondary'}
              onPress={() => setOpen(act)}
            >
              {t(`actions.act.${act}`)}
            </Button>
          ))}
        </Flex>
      )}
      {open && <ActDialog act={open} image={image} close={() => setOpen(undefined)} />}
    </>
  );
}

/** A hold turns the button into one for its release: the same button, so that the focus can return to it. */
function keyOf(act: Act): string {
  return act === 'release' ? 'hold' : act;
}
