import { useEffect, useState, type ReactElement } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { ButtonIcon, Tooltip, TooltipTrigger, VisuallyHidden } from '@backstage/ui';
import { RiCheckLine, RiFileCopyLine } from '@remixicon/react';
import { imageFactoryTranslationRef } from '../translation';
import { copyText } from './copyText';
import { NotCopied } from './NotCopied';

/** How long a button says that it copied, in milliseconds. */
const SHOWN = 4_000;

/**
 * Copies a text to the clipboard, and says that it did. Where the browser refuses, it shows the text to copy by hand.
 *
 * @param props.label - the name of the button, such as `Copy the reference of 1.2.3`; by default it names the text
 */
export function CopyButton(props: { text: string; label?: string; icon?: ReactElement }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const [state, setState] = useState<'idle' | 'copying' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (state !== 'copied') return undefined;
    const timer = setTimeout(() => setState('idle'), SHOWN);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    // The live region must be there before its text, so that screen readers read it.
    setState('copying');
    setState((await copyText(props.text)) ? 'copied' : 'refused');
  };
  const copied = state === 'copied';
  const label = props.label ?? t('shared.copy', { text: props.text });
  return (
    <>
      <TooltipTrigger>
        <ButtonIcon
          size="small"
          variant="tertiary"
          aria-label={label}
          icon={copied ? <RiCheckLine size={16} /> : (props.icon ?? <RiFileCopyLine size={16} />)}
          onPress={copy}
        />
        <Tooltip>{label}</Tooltip>
      </TooltipTrigger>
      {state !== 'idle' && <VisuallyHidden role="status">{copied && t('shared.copied')}</VisuallyHidden>}
      {state === 'refused' && <NotCopied text={props.text} close={() => setState('idle')} />}
    </>
  );
}
