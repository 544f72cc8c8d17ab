import { useEffect, useRef, useState } from 'react';

/** How long a person has stopped typing when a text counts, in milliseconds. */
const PAUSE = 300;

/**
 * The text of a field that changes a value after a pause, so that not every key asks the service. A change of the value from
 * elsewhere, such as "back", changes the text.
 */
export function useTypedText(value: string, change: (value: string) => void) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const latest = useRef(change);
  useEffect(() => {
    latest.current = change;
  });
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    clearTimeout(timer.current);
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onChange = (typed: string) => {
    setText(typed);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const settled = typed.trim();
      if (settled === sent.current) return;
      sent.current = settled;
      latest.current(settled);
    }, PAUSE);
  };
  return { text, onChange };
}
