import type { ReactNode } from 'react';
import { Text } from '@backstage/ui';

/** A list of terms with their values. */
export function Facts(props: { children: ReactNode }) {
  return (
    <dl
      style={{
        display: 'grid',
        gridTemplateColumns: 'max-content minmax(0, 1fr)',
        gap: 'var(--bui-space-2) var(--bui-space-4)',
        margin: 0,
        overflowWrap: 'anywhere',
      }}
    >
      {props.children}
    </dl>
  );
}

/** One term of `Facts`, with its value. */
export function Fact(props: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>
        <Text>{props.label}</Text>
      </dt>
      <dd style={{ margin: 0 }}>
        <Text as="div">{props.children}</Text>
      </dd>
    </>
  );
}
