import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, Flex, Skeleton } from '@backstage/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import { ServiceError } from '../api';
import { imageFactoryTranslationRef } from '../translation';

/** An answer within so many seconds is worth waiting for. */
const SOON = 30;

/**
 * Shows what a query gave; before that, that it is loading; or why it failed, with a way to try again. What was loaded
 * before a failure stays visible, with a notice that it is not current.
 */
export function Loaded<T>(props: {
  query: UseQueryResult<T>;
  /** Whether it is asked for again by itself after the time that the service says. */
  asksAgain?: boolean;
  children: (value: T) => ReactNode;
}) {
  const { query, children } = props;
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  if (query.data === undefined && !query.error) {
    return <Skeleton height={48} role="status" aria-label={t('shared.loading')} />;
  }
  return (
    <Flex direction="column" gap="3">
      {query.error && (
        <Failure
          error={query.error}
          known={query.data !== undefined}
          soon={props.asksAgain === true && isSoon(query.error)}
          retry={query.refetch}
        />
      )}
      {query.data !== undefined && children(query.data)}
    </Flex>
  );
}

/** Whether the service has it in a moment: nothing failed. */
function isSoon(error: Error): boolean {
  return error instanceof ServiceError && error.retryAfter !== undefined && error.retryAfter <= SOON;
}

function Failure(props: { error: Error; known: boolean; soon: boolean; retry: () => unknown }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { error, known, soon } = props;
  const denied = error instanceof ServiceError && [401, 403].includes(error.status);
  const title = known ? t('shared.outdated') : t('shared.notReadable');
  const failed = denied ? t('shared.denied') : title;
  const status = known ? 'warning' : 'danger';
  return (
    <Alert
      role={soon ? 'status' : 'alert'}
      status={soon ? 'info' : status}
      title={soon ? t('shared.soonAgain') : failed}
      description={error.message}
      customActions={
        <Button size="small" variant="secondary" onPress={() => props.retry()}>
          {t('shared.retry')}
        </Button>
      }
    />
  );
}
