import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Flex, Text } from '@backstage/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import { Loaded, type usePaging } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { BuildsNotices } from './BuildsNotices';
import { BuildsTable } from './BuildsTable';
import { RerunDialog } from './RerunDialog';
import { titleOf, type Run, type RunPage } from './runs';
import { useMayRerun } from './useMayRerun';

/** The builds, what is known about the list, and the dialog that re-runs one of them. */
export function BuildsList(props: {
  name: string;
  query: UseQueryResult<RunPage>;
  filtered: boolean;
  paging: ReturnType<typeof usePaging>;
  onRerun: (run: Run) => Promise<void>;
  onRefused: () => Promise<void>;
}) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { query, name } = props;
  const mayRerun = useMayRerun(name);
  const [asked, setAsked] = useState<Run>();
  const [accepted, setAccepted] = useState<{ run: Run; failedOnly: boolean }>();
  return (
    <>
      {accepted && (
        <Alert
          role="status"
          status="success"
          icon
          title={t(accepted.failedOnly ? 'builds.acceptedFailed' : 'builds.acceptedAll', {
            title: titleOf(accepted.run),
          })}
        />
      )}
      <Loaded query={query}>
        {page => (
          <Flex direction="column" gap="3">
            <BuildsNotices page={page} />
            {mayRerun === false && <Text>{t('builds.noRerun')}</Text>}
            <BuildsTable
              page={page}
              loading={query.isPlaceholderData}
              filtered={props.filtered}
              pagination={props.paging.pagination(page.total)}
              onRerun={mayRerun ? setAsked : undefined}
            />
          </Flex>
        )}
      </Loaded>
      {asked && (
        <RerunDialog
          name={name}
          run={asked}
          close={() => setAsked(undefined)}
          onRefused={props.onRefused}
          onAccepted={failedOnly => {
            setAsked(undefined);
            setAccepted({ run: asked, failedOnly });
            return props.onRerun(asked);
          }}
        />
      )}
    </>
  );
}
