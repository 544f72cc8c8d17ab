import { useMemo } from 'react';
import { useRouteRef, useTranslationRef } from '@backstage/frontend-plugin-api';
import { entityRouteParams, entityRouteRef } from '@backstage/plugin-catalog-react';
import { Cell, CellText, Container, Table, useTable, type ColumnConfig } from '@backstage/ui';
import type { components } from 'backstage-plugin-image-factory-common';
import { answerOf } from '../api';
import { Loaded, StatusText, useServiceQuery } from '../shared';
import { imageFactoryTranslationRef } from '../translation';

type Image = components['schemas']['ImageItem'];
type Row = Image & { id: string; href: string | undefined };

/** The images that the service tracks. */
export function ImagesPage() {
  const images = useServiceQuery(['images'], {
    read: async (api, signal) => answerOf(api.http.GET('/api/v1/images', { signal })),
  });
  return (
    <main>
      <Container>
        <Loaded query={images}>{page => <ImagesTable images={page.items} />}</Loaded>
      </Container>
    </main>
  );
}

function ImagesTable(props: { images: Image[] }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const entityRoute = useRouteRef(entityRouteRef);
  const data = useMemo(
    () =>
      props.images.map(image => ({
        ...image,
        id: image.name,
        href: entityRoute?.(entityRouteParams(`resource:default/${image.name}`)),
      })),
    [props.images, entityRoute],
  );
  const columns: ColumnConfig<Row>[] = [
    {
      id: 'name',
      label: t('images.name'),
      isRowHeader: true,
      cell: row => <CellText title={row.id} href={row.href} />,
    },
    { id: 'role', label: t('images.role'), cell: row => <CellText title={row.role} /> },
    {
      id: 'status',
      label: t('images.status'),
      cell: row => (
        <Cell>
          <StatusText status={row.status} />
        </Cell>
      ),
    },
  ];
  const { tableProps } = useTable<Row>({ mode: 'complete', data, paginationOptions: { pageSize: 20 } });
  return <Table {...tableProps} columnConfig={columns} emptyState={t('images.empty')} />;
}
