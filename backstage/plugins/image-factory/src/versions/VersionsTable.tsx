import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell, Table, type ColumnConfig } from '@backstage/ui';
import { imageFactoryTranslationRef } from '../translation';
import { Age, hasAge } from './Age';
import { DigestActions } from './DigestActions';
import { Platforms } from './Platforms';
import { hasSecurity, Security } from './Security';
import { Size } from './Size';
import { TagFacts } from './TagFacts';
import type { Version } from './useVersions';
import type { VersionsShown } from './VersionsList';

type Row = Version & { id: string };

/** One page of versions, on a screen that is wide enough for their columns. */
export function VersionsTable(props: VersionsShown) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { items } = props.page;
  const column = (id: string, label: string, minWidth: number, content: (row: Row) => ReactNode) =>
    ({ id, label, minWidth, cell: row => <Cell>{content(row)}</Cell> }) satisfies ColumnConfig<Row>;
  const columns: ColumnConfig<Row>[] = [
    {
      ...column('tag', t('versions.tag'), 160, row => <TagFacts version={row} image={props.image} />),
      isRowHeader: true,
    },
    {
      // The digest and its three buttons on one line.
      ...column('digest', t('versions.digest'), 290, row => (
        <DigestActions version={row} onDetails={() => props.onDetails(row.tag)} />
      )),
      defaultWidth: '1.5fr',
    },
    {
      ...column('size', t('versions.size'), 90, row => (
        <Size bytes={row.size} pending={row.pending} inDetails={row.platforms.length > 0} />
      )),
      defaultWidth: '0.6fr',
    },
    column('platforms', t('versions.platforms'), 140, row => (
      <Platforms platforms={row.platforms} pending={row.pending} />
    )),
    {
      ...column('security', t('versions.security'), 140, row => <Security version={row} />),
      isHidden: !items.some(hasSecurity),
    },
    {
      ...column('age', t('versions.age'), 110, row => <Age version={row} />),
      isHidden: !items.some(hasAge),
    },
  ];
  return (
    <Table
      columnConfig={columns}
      data={items.map(version => ({ ...version, id: version.tag }))}
      isStale={props.loading}
      pagination={props.pagination}
      emptyState={props.filtered ? t('versions.noMatch') : t('versions.empty')}
    />
  );
}
