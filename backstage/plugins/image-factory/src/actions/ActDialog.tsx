import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Dialog, DialogHeader } from '@backstage/ui';
import type { Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { ActForm } from './ActForm';
import { Done } from './Done';
import type { Act } from './acts';
import { useAsk } from './useAsk';

/** The dialog of an act: its form, and then what the service answered. */
export function ActDialog(props: { act: Act; image: Image; close: () => void }) {
  const { act, close, image } = props;
  const { name } = image;
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const asking = useAsk(act, name);
  return (
    <Dialog
      isOpen
      // A click beside the dialog does not lose what was written; Escape closes it.
      isDismissable={false}
      onOpenChange={isOpen => !isOpen && close()}
      width={560}
    >
      <DialogHeader>{t('actions.dialogTitle', { act: t(`actions.act.${act}`), name })}</DialogHeader>
      {asking.data ? (
        <Done act={act} image={image} accepted={asking.data} close={close} />
      ) : (
        <ActForm act={act} image={image} asking={asking} close={close} />
      )}
    </Dialog>
  );
}
