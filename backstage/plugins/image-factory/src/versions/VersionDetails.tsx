import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import { CopyButton, Digest, ImageLink, Moment, webAddress } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { PlatformList } from './PlatformList';
import { Problem } from './Problem';
import { Vulnerabilities } from './Security';
import { Size } from './Size';
import { Unknown } from './Unknown';
import type { Version } from './useVersions';

/** What is known of a version, name by name; what is not known says so. */
export function VersionDetails(props: { version: Version }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { version } = props;
  const unknown = <Unknown pending={version.pending} />;
  const yesNo = (value: boolean | null) =>
    value === null ? unknown : <Text>{value ? t('versions.yes') : t('versions.no')}</Text>;
  const moment = (at: string | null) => (at ? <Moment at={at} /> : unknown);
  return (
    <Flex direction="column" gap="3">
      <Problem version={version} />
      <dl style={{ display: 'grid', gap: 'var(--bui-space-2)', margin: 0 }}>
        <Fact name={t('versions.digest')}>
          {version.digest ? <Digest digest={version.digest} /> : unknown}
        </Fact>
        <Fact name={t('versions.reference')}>
          <code>{version.reference}</code> <CopyButton text={version.reference} />
        </Fact>
        <Fact name={t('versions.kind')}>{version.kind ? t(`versions.${version.kind}`) : unknown}</Fact>
        <Fact name={t('versions.size')} title={t('versions.sizeOfPull')}>
          <Size bytes={version.size} pending={version.pending} />
        </Fact>
        <Fact name={t('versions.published')}>{moment(version.publishedAt)}</Fact>
        <Fact name={t('versions.built')}>{moment(version.builtAt)}</Fact>
        {version.expiresAt && <Fact name={t('versions.expiresTitle')}>{moment(version.expiresAt)}</Fact>}
        {(version.activity === 'inactive' || version.activity === 'stale') && (
          <Fact name={t('versions.inactive')}>{t('versions.inactiveMeaning')}</Fact>
        )}
        <Fact name={t('versions.versionLabel')}>{version.version ?? unknown}</Fact>
        <Fact name={t('versions.revisionTitle')}>
          <Linked text={version.revision} url={version.revisionUrl} unknown={unknown} />
        </Fact>
        <Fact name={t('versions.source')}>
          <Linked text={version.source} url={version.sourceUrl} unknown={unknown} />
        </Fact>
        <Fact name={t('versions.signed')}>{yesNo(version.signed)}</Fact>
        <Fact name={t('versions.sbom')}>{yesNo(version.sbom)}</Fact>
        <Fact name={t('versions.provenance')}>{yesNo(version.provenance)}</Fact>
        <Fact name={t('versions.vulnerabilities')}>
          {version.vulnerabilities ? <Vulnerabilities version={version} /> : unknown}
        </Fact>
        {version.builtFrom.length > 0 && (
          <Fact name={t('versions.builtFromTitle')}>
            {version.builtFrom.map(base => (
              <div key={base.digest}>
                {base.name && <ImageLink name={base.name} />} <Digest digest={base.digest} />
              </div>
            ))}
          </Fact>
        )}
      </dl>
      <PlatformList version={version} />
    </Flex>
  );
}

function Fact(props: { name: string; title?: string; children: ReactNode }) {
  return (
    <div
      style={{ display: 'grid', gridTemplateColumns: 'minmax(6rem, 9rem) 1fr', gap: 'var(--bui-space-2)' }}
    >
      <dt title={props.title}>
        <Text color="secondary">{props.name}</Text>
      </dt>
      <dd style={{ margin: 0, minWidth: 0, overflowWrap: 'anywhere' }}>{props.children}</dd>
    </div>
  );
}

function Linked(props: { text: string | null; url: string | null; unknown: ReactNode }) {
  const { text, url } = props;
  const address = webAddress(url);
  if (!text) return props.unknown;
  if (!address) return <>{text}</>;
  return (
    <Link href={address} target="_blank" rel="noreferrer">
      {text}
    </Link>
  );
}
