import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Dialog, DialogBody, DialogHeader, TextField } from '@backstage/ui';
import { imageFactoryTranslationRef } from '../translation';

/** Shows a text that the browser refused to copy, selected, to copy it by hand. */
export function NotCopied(props: { text: string; close: () => void }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return (
    <Dialog isOpen onOpenChange={props.close}>
      <DialogHeader>{t('shared.notCopied')}</DialogHeader>
      <DialogBody>
        <TextField
          label={t('shared.copyByHand')}
          value={props.text}
          isReadOnly
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog is there to copy this text
          autoFocus
          onFocus={event => (event.target as HTMLInputElement).select()}
        />
      </DialogBody>
    </Dialog>
  );
}
