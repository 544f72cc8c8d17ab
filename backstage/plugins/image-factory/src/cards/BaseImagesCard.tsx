import { useMemo } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell, Table, Text, useTable, type ColumnConfig } from '@backstage/ui';
import { Digest, ImageLink, Loaded, StatusText, type Dependency, wordColor } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { BuiltOn } from './BuiltOn';
import { CardFrame } from './CardFrame';
import { Discovery } from './Discovery';
import { useEntityImage } from './useEntityImage';

type Row = Dependency & { id: string };

/** The images that an image is built from: the digests that it has and the newest ones, and how that is known. */
export function BaseImagesCard() {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { image } = useEntityImage();
  return (
    <CardFrame title={t('cards.bases.title')}>
      <Loaded query={image}>
        {({ dependencies, discovery }) => (
          <>
            <Discovery discovery={discovery} />
            {dependencies.length > 0 && <Dependencies dependencies={dependencies} />}
            {!dependencies.length && !discovery && <Text>{t('cards.bases.empty')}</Text>}
          </>
        )}
      </Loaded>
    </CardFrame>
  );
}

function Dependencies(props: { dependencies: Dependency[] }) {
  const { dependencies } = props;
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const data = useMemo(
    () => dependencies.map((each, at) => ({ ...each, id: `${each.name}-${at}` })),
    [dependencies],
  );
  const columns: ColumnConfig<Row>[] = [
    { id: 'name', label: t('cards.bases.name'), isRowHeader: true, cell: row => <Name dependency={row} /> },
    { id: 'status', label: t('cards.bases.status'), cell: row => <Status dependency={row} /> },
    {
      id: 'builtFrom',
      label: t('cards.bases.builtFrom'),
      cell: row => (
        <Cell>
          <BuiltOn dependency={row} />
        </Cell>
      ),
    },
    { id: 'newest', label: t('cards.bases.newest'), cell: row => <Newest dependency={row} /> },
    {
      id: 'role',
      label: t('cards.bases.role'),
      cell: row => <Cell>{row.role && <Text>{t(`cards.bases.role.${row.role}`)}</Text>}</Cell>,
    },
  ];
  const { tableProps } = useTable<Row>({ mode: 'complete', data, paginationOptions: { type: 'none' } });
  return <Table {...tableProps} columnConfig={columns} />;
}

function Name({ dependency }: { dependency: Dependency }) {
  return (
    <Cell>
      {dependency.status ? <ImageLink name={dependency.name} /> : <Text>{dependency.name}</Text>}
      <Text as="div" variant="body-small">
        {dependency.reference}
      </Text>
    </Cell>
  );
}

function Status({ dependency }: { dependency: Dependency }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return (
    <Cell>
      {dependency.status ? (
        <StatusText status={dependency.status} />
      ) : (
        <Text weight="bold" color="warning" style={wordColor('warning')}>
          {t('cards.bases.notTracked')}
        </Text>
      )}
    </Cell>
  );
}

/** The newest digest; one that the image is not built from stands out. */
function Newest({ dependency }: { dependency: Dependency }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { builtOn, newest } = dependency;
  if (!newest) {
    return (
      <Cell>
        <Text color="warning" style={wordColor('warning')}>
          {t('cards.image.notChecked')}
        </Text>
      </Cell>
    );
  }
  if (newest === builtOn) {
    return (
      <Cell>
        <Text>{t('cards.bases.same')}</Text>
      </Cell>
    );
  }
  return (
    <Cell>
      <Digest digest={newest} />
      {builtOn && (
        <Text as="div" variant="body-small" weight="bold" color="info" style={wordColor('info')}>
          {t('cards.bases.newer')}
        </Text>
      )}
    </Cell>
  );
}
