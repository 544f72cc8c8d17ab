import { useState } from 'react';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Flex } from '@backstage/ui';
import { useDebounced, useExistingPage, usePaging } from '../shared';
import { BuildsBar } from './BuildsBar';
import { BuildsList } from './BuildsList';
import { NoBuilds, hasNoBuilds } from './NoBuilds';
import { useExpectedRerun } from './useExpectedRerun';
import { useRuns, type StatusFilter } from './useRuns';

/** The runs of the workflow that builds the image. */
export function BuildsTab() {
  const { name } = useEntity().entity.metadata;
  const paging = usePaging();
  const [status, setStatus] = useState<StatusFilter>();
  const [branchText, setBranchText] = useState('');
  const branch = useDebounced(branchText.trim());
  const expected = useExpectedRerun();
  const { page, pageSize } = paging;
  const runs = useRuns(name, { status, branch }, { page, pageSize }, expected.isExpectedIn);
  useExistingPage(paging, runs.query.data?.total);
  if (hasNoBuilds(runs.query)) return <NoBuilds reason={runs.query.error!.message} />;
  return (
    <Flex direction="column" gap="4">
      <BuildsBar
        status={status}
        branch={branchText}
        onStatus={value => {
          setStatus(value);
          paging.toFirst();
        }}
        onBranch={value => {
          setBranchText(value);
          paging.toFirst();
        }}
        refreshing={runs.refreshing}
        onRefresh={runs.refresh}
      />
      <BuildsList
        name={name}
        query={runs.query}
        filtered={Boolean(status ?? branch)}
        paging={paging}
        onRefused={runs.refresh}
        onRerun={run => {
          expected.ask(run);
          return runs.refresh();
        }}
      />
    </Flex>
  );
}
