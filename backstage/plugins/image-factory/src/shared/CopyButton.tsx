import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { ButtonIcon, Flex, Text } from '@backstage/ui';
import { RiFileCopyLine } from '@remixicon/react';
import { imageFactoryTranslationRef } from '../translation';

/** Copies a text to the clipboard, and says whether that worked. */
export function CopyButton(props: { text: string }) {
  const { text } = props;
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const [outcome, setOutcome] = useState('');
  const copy = async () => {
    try {
      // A page that was not loaded by https has no clipboard.
      await navigator.clipboard.writeText(text);
      setOutcome(t('shared.copied'));
    } catch {
      setOutcome(t('shared.notCopied'));
    }
  };
  return (
    <Flex align="center" gap="1" style={{ display: 'inline-flex' }}>
      <ButtonIcon
        size="small"
        variant="tertiary"
        icon={<RiFileCopyLine size={16} />}
        aria-label={t('shared.copy', { text })}
        onPress={copy}
      />
      <Text role="status" variant="body-small" color="secondary">
        {outcome}
      </Text>
    </Flex>
  );
}
