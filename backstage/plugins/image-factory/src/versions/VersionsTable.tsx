import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell, Table, type ColumnConfig, type TablePaginationType } from '@backstage/ui';
import type { Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { AgeCell } from './AgeCell';
import { DigestCell } from './DigestCell';
import { Platforms } from './Platforms';
import { hasSecurity, Security } from './Security';
import { Size } from './Size';
import { TagCell } from './TagCell';
import type { Version, VersionPage } from './useVersions';

type Row = Version & { id: string };

/** One page of versions. */
export function VersionsTable(props: {
  page: VersionPage;
  image: Image | undefined;
  loading: boolean;
  filtered: boolean;
  pagination: TablePaginationType;
  onDetails: (tag: string) => void;
}) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { items } = props.page;
  const columns: ColumnConfig<Row>[] = [
    {
      id: 'tag',
      label: t('versions.tag'),
      isRowHeader: true,
      minWidth: 180,
      cell: row => <TagCell version={row} image={props.image} />,
    },
    {
      id: 'digest',
      label: t('versions.digest'),
      cell: row => <DigestCell version={row} onDetails={() => props.onDetails(row.tag)} />,
    },
    {
      id: 'size',
      label: t('versions.size'),
      cell: row => (
        <Cell>
          <Size bytes={row.size} pending={row.pending} inDetails={row.platforms.length > 0} />
        </Cell>
      ),
    },
    {
      id: 'platforms',
      label: t('versions.platforms'),
      cell: row => (
        <Cell>
          <Platforms platforms={row.platforms} pending={row.pending} />
        </Cell>
      ),
    },
    {
      id: 'security',
      label: t('versions.security'),
      isHidden: !items.some(hasSecurity),
      cell: row => (
        <Cell>
          <Security version={row} />
        </Cell>
      ),
    },
    {
      id: 'age',
      label: t('versions.age'),
      isHidden: !items.some(version => version.publishedAt ?? version.builtAt ?? version.expiresAt),
      cell: row => <AgeCell version={row} />,
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
