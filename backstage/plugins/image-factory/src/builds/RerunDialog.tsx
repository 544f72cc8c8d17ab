import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, Dialog, DialogBody, DialogFooter, DialogHeader, Flex, Text } from '@backstage/ui';
import { useMutation } from '@tanstack/react-query';
import { answerOf, imageFactoryApiRef } from '../api';
import { imageFactoryTranslationRef } from '../translation';
import { hasFailedJobs, titleOf, type Run } from './runs';

/** Asks which jobs of a build run again, sends it, and says why the service refuses it. */
export function RerunDialog(props: {
  name: string;
  run: Run;
  close: () => void;
  onAccepted: (failedOnly: boolean) => Promise<void>;
  onRefused: () => Promise<void>;
}) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { run, close } = props;
  const rerun = useRerun(props.name, run.id, props);
  const failed = hasFailedJobs(run);
  const button = (failedOnly: boolean) => (
    <Button
      variant={failedOnly || !failed ? 'primary' : 'secondary'}
      isDisabled={rerun.isPending && rerun.variables !== failedOnly}
      isPending={rerun.isPending && rerun.variables === failedOnly}
      onPress={() => rerun.mutate(failedOnly)}
    >
      {failedOnly ? t('builds.rerunFailed') : t('builds.rerunAll')}
    </Button>
  );
  return (
    <Dialog isOpen onOpenChange={open => !open && close()}>
      <DialogHeader>{t('builds.confirm', { title: titleOf(run) })}</DialogHeader>
      <DialogBody>
        <Flex direction="column" gap="3">
          <Text>{failed ? t('builds.confirmFailed') : t('builds.confirmAll')}</Text>
          {rerun.error && (
            <Alert
              role="alert"
              status="danger"
              icon
              title={t('builds.notRerun')}
              description={rerun.error.message}
            />
          )}
        </Flex>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={close}>
          {t('builds.cancel')}
        </Button>
        {button(false)}
        {failed && button(true)}
      </DialogFooter>
    </Dialog>
  );
}

function useRerun(
  name: string,
  id: number,
  then: { onAccepted: (failedOnly: boolean) => Promise<void>; onRefused: () => Promise<void> },
) {
  const api = useApi(imageFactoryApiRef);
  return useMutation(
    {
      mutationFn: (failedOnly: boolean) =>
        answerOf(
          api.http.POST('/api/v1/images/{name}/runs/{run_id}/rerun', {
            params: { path: { name, run_id: id } },
            body: { failedOnly },
          }),
        ),
      onSuccess: (_, failedOnly) => {
        void then.onAccepted(failedOnly);
      },
      // The run may have changed, and of an unknown outcome the list says more.
      onError: () => {
        void then.onRefused();
      },
    },
    api.queries,
  );
}
