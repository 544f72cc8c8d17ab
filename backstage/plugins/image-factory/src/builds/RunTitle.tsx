import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import { webAddress } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { titleOf, type Run } from './runs';

/** What a build is called, with a link to it, and what started it. */
export function RunTitle(props: { run: Run }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { run } = props;
  const address = webAddress(run.url);
  const known = {
    id: `#${run.id}`,
    event: run.event.replace(/_/g, ' '),
    attempt: String(run.attempt),
  };
  const details = run.actor
    ? t('builds.detailsBy', { ...known, actor: run.actor })
    : t('builds.details', known);
  return (
    <Flex direction="column" gap="1">
      {address ? (
        <Link href={address} target="_blank" rel="noreferrer">
          {titleOf(run)}
        </Link>
      ) : (
        <Text>{titleOf(run)}</Text>
      )}
      <Text variant="body-small">{details}</Text>
    </Flex>
  );
}
