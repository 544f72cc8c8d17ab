import { Flex, Text } from '@backstage/ui';
import { RiErrorWarningLine } from '@remixicon/react';
import type { Version } from './useVersions';

/** Why details of a version could not be read, as the service says it. */
export function Problem(props: { version: Version }) {
  const { problem } = props.version;
  if (!problem) return null;
  return (
    <Flex gap="1" align="start">
      <RiErrorWarningLine size={16} aria-hidden style={{ flexShrink: 0 }} />
      <Text variant="body-small" style={{ overflowWrap: 'anywhere' }}>
        {problem}
      </Text>
    </Flex>
  );
}
