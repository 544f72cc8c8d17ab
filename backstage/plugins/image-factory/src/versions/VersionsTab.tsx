import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Flex, Text } from '@backstage/ui';
import { Loaded, useDebounced, useExistingPage, useImage, useNumbers, usePaging } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { useVersions, type Kind, type VersionPage } from './useVersions';
import { focusDetailsButton } from './detailsButton';
import { VersionDialog } from './VersionDialog';
import { VersionsBar } from './VersionsBar';
import { VersionsNotices } from './VersionsNotices';
import { VersionsList } from './VersionsList';

/** The tags of the image in its registry. */
export function VersionsTab() {
  const { name } = useEntity().entity.metadata;
  const image = useImage(name).data;
  const paging = usePaging();
  const [text, setText] = useState('');
  const [semverOnly, setSemverOnly] = useState(false);
  const [kind, setKind] = useState<Kind>();
  const [opened, setOpened] = useState<string>();
  const q = useDebounced(text.trim());
  const { query, refresh, refreshing } = useVersions(
    name,
    { q, semverOnly, kind },
    paging.page,
    paging.pageSize,
  );
  useExistingPage(paging, query.data?.total);
  const change = (apply: () => void) => {
    apply();
    paging.toFirst();
  };
  const close = (tag: string) => {
    setOpened(undefined);
    focusDetailsButton(tag);
  };
  return (
    <Flex direction="column" gap="4">
      <VersionsBar
        text={text}
        semverOnly={semverOnly}
        kind={kind}
        onText={value => change(() => setText(value))}
        onSemverOnly={value => change(() => setSemverOnly(value))}
        onKind={value => change(() => setKind(value))}
        refreshing={refreshing}
        onRefresh={refresh}
      />
      <Loaded query={query} asksAgain>
        {page => (
          <Flex direction="column" gap="3">
            <VersionsNotices page={page} registry={image?.registry} />
            <Total page={page} />
            <VersionsList
              page={page}
              image={image}
              loading={query.isPlaceholderData}
              filtered={Boolean(q) || semverOnly || kind !== undefined}
              pagination={paging.pagination(page.total)}
              onDetails={setOpened}
            />
          </Flex>
        )}
      </Loaded>
      {opened !== undefined && <VersionDialog name={name} tag={opened} close={() => close(opened)} />}
    </Flex>
  );
}

function Total(props: { page: VersionPage }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const count = props.page.total;
  return <Text role="status">{t('versions.total', { count, number: useNumbers()(count) })}</Text>;
}
