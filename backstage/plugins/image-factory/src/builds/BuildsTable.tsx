import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Cell, Table, Text, type ColumnConfig, type TablePaginationType } from '@backstage/ui';
import { RiRestartLine } from '@remixicon/react';
import { Moment } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { Commit } from './Commit';
import { RunDuration } from './RunDuration';
import { isFinished, titleOf, type Run, type RunPage } from './runs';
import { RunStatus } from './RunStatus';
import { RunTitle } from './RunTitle';

/** One page of builds. `onRerun` is missing where the caller may not re-run them. */
export function BuildsTable(props: {
  page: RunPage;
  loading: boolean;
  filtered: boolean;
  pagination: TablePaginationType;
  onRerun: ((run: Run) => void) | undefined;
}) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { onRerun } = props;
  const column = (id: string, label: string, content: (run: Run) => ReactNode): ColumnConfig<Run> => ({
    id,
    label,
    cell: run => <Cell>{content(run)}</Cell>,
  });
  const columns = [
    column('status', t('builds.status'), run => <RunStatus run={run} />),
    { ...column('build', t('builds.build'), run => <RunTitle run={run} />), isRowHeader: true },
    column('commit', t('builds.commit'), run => <Commit run={run} />),
    column('branch', t('builds.branch'), run => (
      <Text color={run.headBranch ? 'primary' : 'secondary'}>{run.headBranch ?? t('builds.noBranch')}</Text>
    )),
    column('created', t('builds.started'), run => (
      <Text>
        <Moment at={run.createdAt} />
      </Text>
    )),
    column('duration', t('builds.duration'), run => <RunDuration run={run} />),
    {
      ...column(
        'actions',
        t('builds.actions'),
        run => onRerun && isFinished(run) && <RerunButton run={run} onRerun={onRerun} />,
      ),
      isHidden: !onRerun,
    },
  ];
  return (
    <Table
      columnConfig={columns}
      data={props.page.items}
      isStale={props.loading}
      pagination={props.pagination}
      emptyState={props.filtered ? t('builds.noMatch') : t('builds.empty')}
    />
  );
}

function RerunButton(props: { run: Run; onRerun: (run: Run) => void }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return (
    <Button
      size="small"
      variant="secondary"
      iconStart={<RiRestartLine />}
      aria-label={t('builds.rerunOf', { title: titleOf(props.run) })}
      onPress={() => props.onRerun(props.run)}
    >
      {t('builds.rerun')}
    </Button>
  );
}
