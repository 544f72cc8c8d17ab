import type { ReactElement } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Text } from '@backstage/ui';
import {
  RiAlarmWarningFill,
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiForbidLine,
  RiHourglassLine,
  RiLoader4Line,
  RiQuestionLine,
  RiSkipForwardLine,
  RiTimerFill,
} from '@remixicon/react';
import { wordColor } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { isKnown, stateOf, type Run, type RunState } from './runs';

type Tone = 'success' | 'danger' | 'warning' | 'info' | 'secondary';

const SIGNS: Record<RunState, { icon: ReactElement; tone: Tone }> = {
  success: { icon: <RiCheckboxCircleFill />, tone: 'success' },
  failure: { icon: <RiCloseCircleFill />, tone: 'danger' },
  timed_out: { icon: <RiTimerFill />, tone: 'danger' },
  startup_failure: { icon: <RiCloseCircleFill />, tone: 'danger' },
  action_required: { icon: <RiAlarmWarningFill />, tone: 'warning' },
  cancelled: { icon: <RiForbidLine />, tone: 'warning' },
  neutral: { icon: <RiCheckboxCircleFill />, tone: 'secondary' },
  skipped: { icon: <RiSkipForwardLine />, tone: 'secondary' },
  stale: { icon: <RiQuestionLine />, tone: 'secondary' },
  completed: { icon: <RiCheckboxCircleFill />, tone: 'secondary' },
  in_progress: { icon: <RiLoader4Line />, tone: 'info' },
  queued: { icon: <RiHourglassLine />, tone: 'info' },
  requested: { icon: <RiHourglassLine />, tone: 'info' },
  waiting: { icon: <RiHourglassLine />, tone: 'info' },
  pending: { icon: <RiHourglassLine />, tone: 'info' },
};
const OTHER = { icon: <RiQuestionLine />, tone: 'secondary' } as const;

/** The status or result of a build: an icon and words; failures have a background of their own. */
export function RunStatus(props: { run: Run }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const state = stateOf(props.run);
  const { icon, tone } = isKnown(state) ? SIGNS[state] : OTHER;
  const failed = tone === 'danger';
  return (
    <Flex
      align="center"
      gap="1"
      px={failed ? '2' : '0'}
      py={failed ? '1' : '0'}
      bg={failed ? 'danger' : undefined}
      style={{ display: 'inline-flex', whiteSpace: 'nowrap' }}
    >
      <Text color={tone} aria-hidden="true" style={{ display: 'inline-flex' }}>
        {icon}
      </Text>
      <Text color={tone} weight={failed ? 'bold' : 'regular'} style={wordColor(tone)}>
        {isKnown(state) ? t(`runState.${state}`) : state.replace(/_/g, ' ')}
      </Text>
    </Flex>
  );
}
