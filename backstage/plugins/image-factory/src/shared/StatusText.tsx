import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import {
  RiAlertLine,
  RiCheckLine,
  RiCloseCircleLine,
  RiErrorWarningLine,
  RiEyeLine,
  RiPauseLine,
  RiPlayLine,
  RiQuestionLine,
  RiRefreshLine,
  RiTimeLine,
} from '@remixicon/react';
import { imageFactoryTranslationRef } from '../translation';
import { statusMessages } from './messages';
import { wordColor } from './wordColor';

export type ImageStatus = keyof typeof statusMessages;

const SIGNS = {
  'up-to-date': ['success', RiCheckLine],
  waiting: ['info', RiTimeLine],
  due: ['info', RiPlayLine],
  rebuilding: ['info', RiRefreshLine],
  failed: ['danger', RiCloseCircleLine],
  held: ['warning', RiPauseLine],
  error: ['danger', RiErrorWarningLine],
  watched: ['primary', RiEyeLine],
  unknown: ['warning', RiQuestionLine],
  unverified: ['warning', RiAlertLine],
} as const satisfies Record<ImageStatus, readonly [string, unknown]>;

/** The status of an image: an icon, a word and a colour, which adds no meaning of its own. */
export function StatusText(props: { status: ImageStatus }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const [color, Icon] = SIGNS[props.status];
  return (
    <Text weight="bold" color={color} style={{ whiteSpace: 'nowrap', ...wordColor(color) }}>
      <Icon size={16} aria-hidden style={{ verticalAlign: 'text-bottom' }} /> {t(`status.${props.status}`)}
    </Text>
  );
}
