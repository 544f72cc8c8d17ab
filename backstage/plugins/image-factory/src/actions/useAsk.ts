import { useApi } from '@backstage/frontend-plugin-api';
import { useMutation } from '@tanstack/react-query';
import { imageFactoryApiRef } from '../api';
import { ask, type Accepted } from './ask';
import type { Act, Form } from './acts';

/** Sends a request; afterwards, accepted or refused, what is shown is read again. */
export function useAsk(act: Act, name: string) {
  const api = useApi(imageFactoryApiRef);
  return useMutation<Accepted, Error, Form>(
    {
      mutationFn: form => ask(api, act, name, form),
      onSettled: () => {
        void api.queries.invalidateQueries();
      },
    },
    api.queries,
  );
}
