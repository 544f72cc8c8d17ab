import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell, Table, Text, type ColumnConfig, type TablePaginationType } from '@backstage/ui';
import { Moment, type Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { DigestCell } from './DigestCell';
import { Platforms } from './Platforms';
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
}) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { items } = props.page;
  const columns: ColumnConfig<Row>[] = [
    {
      id: 'tag',
      label: t('versions.tag'),
      isRowHeader: true,
      cell: row => <TagCell version={row} image={props.image} />,
    },
    { id: 'digest', label: t('versions.digest'), cell: row => <DigestCell version={row} /> },
    {
      id: 'size',
      label: t('versions.size'),
      cell: row => (
        <Cell>
          <Size bytes={row.size} />
        </Cell>
      ),
    },
    {
      id: 'platforms',
      label: t('versions.platforms'),
      cell: row => (
        <Cell>
          <Platforms platforms={row.platforms} />
        </Cell>
      ),
    },
    {
      id: 'age',
      label: t('versions.age'),
      isHidden: !items.some(version => version.publishedAt),
      cell: row => (
        <Cell>
          <Text>
            <Moment at={row.publishedAt} />
          </Text>
        </Cell>
      ),
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
