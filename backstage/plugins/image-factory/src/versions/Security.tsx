import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Badge, Flex, Text } from '@backstage/ui';
import { RiFileList3Line, RiShieldCheckLine, RiShieldKeyholeLine } from '@remixicon/react';
import { useNumbers } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import type { Version } from './useVersions';

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'unrated'] as const;

/** Whether anything about the security of a version is known. */
export function hasSecurity(version: Version): boolean {
  const { signed, sbom, provenance, vulnerabilities } = version;
  return Boolean(signed || sbom || provenance || vulnerabilities);
}

/** The vulnerabilities that the registry found in a version, and what there is about it: signature, SBOM, provenance. */
export function Security(props: { version: Version }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { signed, sbom, provenance } = props.version;
  return (
    <Flex direction="column" gap="1" align="start">
      <Vulnerabilities version={props.version} />
      <Flex gap="1" style={{ flexWrap: 'wrap' }}>
        {signed && <Badge icon={<RiShieldKeyholeLine />}>{t('versions.signed')}</Badge>}
        {sbom && <Badge icon={<RiFileList3Line />}>{t('versions.sbom')}</Badge>}
        {provenance && <Badge icon={<RiShieldCheckLine />}>{t('versions.provenance')}</Badge>}
      </Flex>
    </Flex>
  );
}

/** The number of vulnerabilities of each severity, the worst first; nothing if the registry shows none. */
export function Vulnerabilities(props: { version: Version }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const numbers = useNumbers();
  const { vulnerabilities } = props.version;
  if (!vulnerabilities) return null;
  if (!vulnerabilities.applicable) return <Text color="secondary">{t('versions.notApplicable')}</Text>;
  const counts = SEVERITIES.filter(severity => vulnerabilities[severity] > 0).map(severity =>
    t(`versions.${severity}`, { number: numbers(vulnerabilities[severity]) }),
  );
  return <Text>{counts.join(', ') || t('versions.noVulnerabilities')}</Text>;
}
