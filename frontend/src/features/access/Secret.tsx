import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyText } from '@/ui/CopyText';
import { Notice } from '@/ui/Notice';
import styles from './Secret.module.css';

interface Props {
  title: string;
  text: string;
  onDone: () => void;
  children: ReactNode;
}

/** A secret that is shown this once, until the reader says that they have it. */
export function Secret({ title, text, onDone, children }: Props) {
  return (
    <div className={styles.secret} role="status">
      <Notice tone="warn" title={`${title}: shown once, never again`} actions={<Button onClick={onDone}>I have it</Button>}>
        {children}
      </Notice>
      <CopyText label={title} text={text} />
    </div>
  );
}
