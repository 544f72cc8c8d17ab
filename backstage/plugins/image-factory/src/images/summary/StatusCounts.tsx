import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import { StatusText, useNumbers, type Facets } from '../../shared';
import { imageFactoryTranslationRef } from '../../translation';
import { IN_ORDER } from './attention';
import { useImagesAddress } from './useImagesAddress';

/** How many images have each status, what needs attention first, with links to them. */
export function StatusCounts(props: { facets: Facets; owners: readonly string[] }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const numbers = useNumbers();
  const address = useImagesAddress();
  const counts = new Map(props.facets.statuses.map(({ value, count }) => [value, count]));
  const list = { display: 'flex', flexWrap: 'wrap', gap: '0.5rem 1.5rem', listStyle: 'none' } as const;
  return (
    <ul aria-label={t('images.summary.counts')} style={{ ...list, margin: 0, padding: 0 }}>
      {IN_ORDER.filter(status => counts.get(status)).map(status => {
        const count = (
          <Flex gap="2" align="baseline">
            <StatusText status={status} />
            <Text>{numbers(counts.get(status) ?? 0)}</Text>
          </Flex>
        );
        const href = address({ status: [status], owner: props.owners });
        return <li key={status}>{href ? <Link href={href}>{count}</Link> : count}</li>;
      })}
    </ul>
  );
}
