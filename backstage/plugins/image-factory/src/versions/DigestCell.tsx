import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell, Flex } from '@backstage/ui';
import { RiTerminalBoxLine } from '@remixicon/react';
import { CopyButton, shortDigest } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { pullCommand } from './pullCommand';
import { Unknown } from './Unknown';
import type { Version } from './useVersions';

/** The digest of a tag; copies the reference with tag and digest, and the command that pulls it. */
export function DigestCell(props: { version: Version }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { tag, digest, reference, pending } = props.version;
  return (
    <Cell>
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
      </Flex>
    </Cell>
  );
}
