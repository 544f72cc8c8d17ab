import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Dialog, DialogBody, DialogHeader } from '@backstage/ui';
import { Loaded } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { useVersion } from './useVersion';
import { VersionDetails } from './VersionDetails';

/** Everything that is known of one version; the service reads what costs further requests when it opens. */
export function VersionDialog(props: { name: string; tag: string; close: () => void }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const query = useVersion(props.name, props.tag);
  return (
    <Dialog isOpen onOpenChange={open => !open && props.close()}>
      <DialogHeader>{t('versions.detailsOf', { tag: props.tag })}</DialogHeader>
      <DialogBody>
        <Loaded query={query}>{version => <VersionDetails version={version} />}</Loaded>
      </DialogBody>
    </Dialog>
  );
}
