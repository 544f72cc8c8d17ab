import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell, Table, Text, type ColumnConfig, type TablePaginationType } from '@backstage/ui';
import { ImageLink, Moment, OwnerLink, StatusReason } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import type { ImageItem } from './useImages';

/** A reference has no spaces, so it breaks anywhere rather than being cut off. */
const WRAPPED = { overflowWrap: 'anywhere', whiteSpace: 'normal' } as const;

type Row = ImageItem & { id: string };

/** One page of images, in the order of the service. */
export function ImagesTable(props: {
  images: readonly ImageItem[];
  loading: boolean;
  pagination: TablePaginationType;
}) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const column = (id: string, label: string, content: (image: Row) => ReactNode): ColumnConfig<Row> => ({
    id,
    label,
    cell: image => <Cell>{content(image)}</Cell>,
  });
  const columns = [
    { ...column('name', t('images.name'), image => <ImageLink name={image.name} />), isRowHeader: true },
    {
      ...column('status', t('images.status'), image => <StatusReason image={image} />),
      defaultWidth: '2fr' as const,
    },
    {
      ...column('reference', t('images.reference'), image => <Text style={WRAPPED}>{image.reference}</Text>),
      defaultWidth: '2fr' as const,
    },
    column('role', t('images.role'), image => <Text>{t(`images.roles.${image.role}`)}</Text>),
    column('owner', t('images.owner'), image => <OwnerLink owner={image.owner} />),
    column('built', t('images.built'), image => <LastBuilt image={image} />),
  ];
  return (
    <Table
      columnConfig={columns}
      data={props.images.map(image => ({ ...image, id: image.name }))}
      isStale={props.loading}
      pagination={props.pagination}
    />
  );
}

function LastBuilt(props: { image: ImageItem }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { lastBuilt, role } = props.image;
  return lastBuilt ? (
    <Text>
      <Moment at={lastBuilt} />
    </Text>
  ) : (
    <Text>{t(role === 'base' ? 'images.builtElsewhere' : 'images.notBuilt')}</Text>
  );
}
