import { useRouteRef, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, ButtonLink, Flex, SearchField, Select } from '@backstage/ui';
import { RiRefreshLine } from '@remixicon/react';
import { versionsRouteRef } from '../routes';
import { imageFactoryTranslationRef } from '../translation';
import type { StatusFilter } from './useRuns';

const ANY = 'any';

/** The statuses that the service filters by; the most useful first. */
const STATUSES = [
  'failure',
  'in_progress',
  'queued',
  'success',
  'cancelled',
  'timed_out',
  'action_required',
  'waiting',
  'pending',
  'requested',
  'skipped',
  'neutral',
  'stale',
  'completed',
] as const satisfies readonly StatusFilter[];

/** The filters of the builds, and what else can be done. */
export function BuildsBar(props: {
  status: StatusFilter | undefined;
  branch: string;
  onStatus: (status: StatusFilter | undefined) => void;
  onBranch: (branch: string) => void;
  refreshing: boolean;
  onRefresh: () => void;
}) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const versions = useRouteRef(versionsRouteRef);
  const options = [
    { value: ANY, label: t('builds.anyStatus') },
    ...STATUSES.map(value => ({ value, label: t(`runState.${value}`) })),
  ];
  return (
    <Flex role="search" aria-label={t('builds.filters')} gap="4" align="end" style={{ flexWrap: 'wrap' }}>
      <Select
        label={t('builds.status')}
        options={options}
        value={props.status ?? ANY}
        onChange={value => props.onStatus(STATUSES.find(status => status === value))}
      />
      <SearchField
        label={t('builds.branch')}
        placeholder=""
        maxLength={255}
        value={props.branch}
        onChange={props.onBranch}
        style={{ maxWidth: '20rem' }}
      />
      <Button
        variant="secondary"
        iconStart={<RiRefreshLine />}
        isPending={props.refreshing}
        onPress={props.onRefresh}
      >
        {t('builds.refresh')}
      </Button>
      {versions && (
        <ButtonLink variant="tertiary" href={versions()}>
          {t('builds.versions')}
        </ButtonLink>
      )}
    </Flex>
  );
}
