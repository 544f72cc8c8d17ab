import type { ReactNode } from 'react';

/** A list without bullets. Its role is named because Safari drops that of a list without bullets. */
export function PlainList(props: { children: ReactNode }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-redundant-roles -- see above
    <ul
      role="list"
      style={{ listStyle: 'none', margin: 0, padding: 0, display: 'grid', gap: 'var(--bui-space-2)' }}
    >
      {props.children}
    </ul>
  );
}
