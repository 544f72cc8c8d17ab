import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { RiTerminalBoxLine } from '@remixicon/react';
import { CopyButton, shortDigest } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { platformLabel } from './platformLabel';
import { platformPullCommand } from './pullCommand';
import { Size } from './Size';
import type { Version } from './useVersions';

/** The platforms of a version with size and digest; copies the digest of each, and the command that pulls it. */
export function PlatformList(props: { version: Version }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { version } = props;
  if (version.platforms.length === 0) return null;
  return (
    // eslint-disable-next-line jsx-a11y/no-redundant-roles -- Safari drops the role of a list without bullets
    <ul
      aria-label={t('versions.platforms')}
      role="list"
      style={{ listStyle: 'none', margin: 0, padding: 0, display: 'grid', gap: 'var(--bui-space-2)' }}
    >
      {version.platforms.map((platform, index) => {
        const what = platformLabel(platform);
        const { digest } = platform;
        return (
          <li key={`${index} ${what}`}>
            <Flex gap="2" align="center" style={{ flexWrap: 'wrap' }}>
              <Text weight="bold">{what}</Text>
              <Size bytes={platform.size} pending={version.pending} />
              {digest && (
                <Flex gap="1" align="center">
                  <code title={digest}>{shortDigest(digest)}</code>
                  <CopyButton text={digest} label={t('versions.copyDigest', { what })} />
                  <CopyButton
                    text={platformPullCommand(version, digest)}
                    label={t('versions.copyPlatformPull', { what })}
                    icon={<RiTerminalBoxLine />}
                  />
                </Flex>
              )}
            </Flex>
          </li>
        );
      })}
    </ul>
  );
}
