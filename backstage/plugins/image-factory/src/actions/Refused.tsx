import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import { ServiceError } from '../api';
import { imageFactoryTranslationRef } from '../translation';
import { FIELDS, type Act } from './acts';

/** Why a request was refused, in the words of the service. Messages for fields that the form lacks are shown here. */
export function Refused({ act, error }: { act: Act; error: Error }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const fields = error instanceof ServiceError ? error.fields : {};
  const shown: readonly string[] = FIELDS[act];
  const others = Object.entries(fields).filter(([field]) => !shown.includes(field));
  const text = [error.message, ...others.flatMap(([, messages]) => messages)].join(' ');
  return <Alert role="alert" status="danger" icon title={t(titleOf(error))} description={text} />;
}

function titleOf(error: Error) {
  const status = error instanceof ServiceError ? error.status : 0;
  if (status === 401 || status === 403) return 'actions.refused.denied';
  if (status === 409) return 'actions.refused.conflict';
  return status === 422 ? 'actions.refused.invalid' : 'actions.refused.failed';
}
