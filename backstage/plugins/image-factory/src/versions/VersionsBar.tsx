import { useRouteRef, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Button, ButtonLink, Flex, SearchField, Select, Switch } from '@backstage/ui';
import { RiRefreshLine } from '@remixicon/react';
import { buildsRouteRef } from '../routes';
import { imageFactoryTranslationRef } from '../translation';
import { KINDS, type Kind } from './useVersions';

const ANY = 'any';

/** The filters of the versions, and what else can be done. */
export function VersionsBar(props: {
  text: string;
  semverOnly: boolean;
  kind: Kind | undefined;
  onText: (text: string) => void;
  onSemverOnly: (semverOnly: boolean) => void;
  onKind: (kind: Kind | undefined) => void;
  refreshing: boolean;
  onRefresh: () => void;
}) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return (
    <Flex role="search" aria-label={t('versions.filters')} gap="4" align="end" style={{ flexWrap: 'wrap' }}>
      <SearchField
        label={t('versions.search')}
        placeholder=""
        maxLength={128}
        value={props.text}
        onChange={props.onText}
        style={{ maxWidth: '20rem' }}
      />
      <Select
        label={t('versions.kindFilter')}
        options={[
          { value: ANY, label: t('versions.anyKind') },
          ...KINDS.map(value => ({ value, label: t(`versions.${value}`) })),
        ]}
        value={props.kind ?? ANY}
        onChange={value => props.onKind(KINDS.find(kind => kind === value))}
      />
      <Switch label={t('versions.semver')} isSelected={props.semverOnly} onChange={props.onSemverOnly} />
      <Button
        variant="secondary"
        iconStart={<RiRefreshLine />}
        isPending={props.refreshing}
        onPress={props.onRefresh}
      >
        {t('versions.refresh')}
      </Button>
      <BuildsLink />
    </Flex>
  );
}

function BuildsLink() {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const builds = useRouteRef(buildsRouteRef);
  const managed = useEntity().entity.spec?.type === 'managed-image';
  if (!builds || !managed) return null;
  return (
    <ButtonLink variant="tertiary" href={builds()}>
      {t('versions.builds')}
    </ButtonLink>
  );
}
