import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import { ServiceError } from '../api';
import { imageFactoryTranslationRef } from '../translation';

/** Whether the service said that there is nothing that could have builds: no such image, or no workflow builds it. */
export function hasNoBuilds(query: UseQueryResult<unknown>): boolean {
  return query.data === undefined && query.error instanceof ServiceError && query.error.status === 404;
}

/** Why an image has no builds, in the words of the service: a webhook or something else builds it. */
export function NoBuilds(props: { reason: string }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return <Alert role="status" status="info" icon title={t('builds.none')} description={props.reason} />;
}
