import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, Flex, Skeleton } from '@backstage/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import { ServiceError } from '../api';
import { imageFactoryTranslationRef } from '../translation';

/**
 * Shows what a query gave; before that, that it is loading; or why it failed, with a way to try again. What was loaded
 * before a failure stays visible, with a notice that it is not current.
 */
export function Loaded<T>(props: { query: UseQueryResult<T>; children: (value: T) => ReactNode }) {
  const { query, children } = props;
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  if (query.data === undefined && !query.error) {
    return <Skeleton height={48} role="status" aria-label={t('shared.loading')} />;
  }
  return (
    <Flex direction="column" gap="3">
      {query.error && <Failure error={query.error} known={query.data !== undefined} retry={query.refetch} />}
      {query.data !== undefined && children(query.data)}
    </Flex>
  );
}

function Failure(props: { error: Error; known: boolean; retry: () => unknown }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const denied = props.error instanceof ServiceError && [401, 403].includes(props.error.status);
  const title = denied ? t('shared.denied') : t('shared.notReadable');
  return (
    <Alert
      role="alert"
      status={props.known ? 'warning' : 'danger'}
      title={props.known && !denied ? t('shared.outdated') : title}
      description={props.error.message}
      customActions={
        <Button size="small" variant="secondary" onPress={() => props.retry()}>
          {t('shared.retry')}
        </Button>
      }
    />
  );
}
