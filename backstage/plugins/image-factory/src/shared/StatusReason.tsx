import { Flex, Text } from '@backstage/ui';
import { StatusText, type ImageStatus } from './StatusText';

/** Statuses that need no explanation. */
const PLAIN: readonly ImageStatus[] = ['up-to-date', 'watched'];

/** The status of an image, and why, unless all is well. */
export function StatusReason(props: { image: { status: ImageStatus; reason: string } }) {
  const { status, reason } = props.image;
  return (
    <Flex direction="column" gap="1">
      <StatusText status={status} />
      {!PLAIN.includes(status) && (
        <Text variant="body-small" style={{ whiteSpace: 'normal' }}>
          {reason}
        </Text>
      )}
    </Flex>
  );
}
