import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { ButtonIcon, Flex, Tooltip, TooltipTrigger } from '@backstage/ui';
import { RiInformationLine, RiTerminalBoxLine } from '@remixicon/react';
import { CopyButton, shortDigest } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { placeOfDetails } from './detailsButton';
import { pullCommand } from './pullCommand';
import { Unknown } from './Unknown';
import type { Version } from './useVersions';

/** The digest of a tag; opens its details, and copies the reference with tag and digest, and the command that pulls it. */
export function DigestActions(props: { version: Version; onDetails: () => void }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { tag, digest, reference, pending } = props.version;
  return (
    <Flex gap="1" align="center">
      {digest ? <code title={digest}>{shortDigest(digest)}</code> : <Unknown pending={pending} />}
      {reference && (
        <>
          <CopyButton text={reference} label={t('versions.copyReference', { tag })} />
          <CopyButton
            text={pullCommand(reference)}
            label={t('versions.copyPull', { tag })}
            icon={<RiTerminalBoxLine />}
          />
        </>
      )}
      <span id={placeOfDetails(tag)}>
        <TooltipTrigger>
          <ButtonIcon
            size="small"
            variant="tertiary"
            aria-label={t('versions.detailsOf', { tag })}
            icon={<RiInformationLine size={16} />}
            onPress={props.onDetails}
          />
          <Tooltip>{t('versions.detailsOf', { tag })}</Tooltip>
        </TooltipTrigger>
      </span>
    </Flex>
  );
}
