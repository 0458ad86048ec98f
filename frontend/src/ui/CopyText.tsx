import { Button } from '@mantine/core';
import { useState } from 'react';
import styles from './CopyText.module.css';

interface Props {
  text: string;
  label: string;
}

/** Text to be typed or pasted elsewhere, with a button that copies it. */
export function CopyText({ text, label }: Props) {
  const [said, setSaid] = useState({ of: '', words: '' });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid({ of: text, words: 'copied' });
    } catch {
      setSaid({ of: text, words: 'select and copy by hand' });
    }
  };
  return (
    <div className={styles.copy}>
      <pre aria-label={label} tabIndex={0}>
        {text}
      </pre>
      <Button onClick={() => void copy()}>Copy</Button>
      <span className="dim" role="status">
        {said.of === text && said.words}
      </span>
    </div>
  );
}
