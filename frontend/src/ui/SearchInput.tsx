import { TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';

interface Props {
  label: string;
  placeholder: string;
  value: string;
  /** While typing, after a pause; or only when it is finished: Enter, or leaving the field. */
  when: 'typing' | 'finished';
  onSearch: (text: string) => void;
}

const PAUSE_MS = 250;

export function SearchInput({ label, placeholder, value, when, onSearch }: Props) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  // A filter that was taken away elsewhere leaves the field too, but never under the hands of whoever types.
  useEffect(() => {
    if (input.current !== null && input.current !== document.activeElement) input.current.value = value;
  }, [value]);
  const finish = (text: string) => {
    clearTimeout(timer.current);
    if (text !== value) onSearch(text);
  };
  return (
    <TextInput
      ref={input}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      defaultValue={value}
      onChange={({ currentTarget: { value: text } }) => {
        clearTimeout(timer.current);
        if (when === 'typing') timer.current = setTimeout(() => finish(text), PAUSE_MS);
      }}
      onKeyDown={({ key, currentTarget }) => key === 'Enter' && finish(currentTarget.value)}
      onBlur={({ currentTarget }) => finish(currentTarget.value)}
    />
  );
}
