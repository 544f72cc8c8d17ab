import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { imageFactoryTranslationRef } from '../translation';
import { statusMessages } from './messages';

export type ImageStatus = keyof typeof statusMessages;

const COLORS = {
  'up-to-date': 'success',
  waiting: 'info',
  due: 'info',
  rebuilding: 'info',
  failed: 'danger',
  held: 'warning',
  error: 'danger',
  watched: 'secondary',
  unknown: 'warning',
  unverified: 'warning',
} as const satisfies Record<ImageStatus, string>;

/** The status of an image, in words and a colour. */
export function StatusText(props: { status: ImageStatus }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return (
    <Text weight="bold" color={COLORS[props.status]}>
      {t(`status.${props.status}`)}
    </Text>
  );
}
