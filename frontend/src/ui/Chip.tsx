import type { ReactNode } from 'react';
import styles from './Chip.module.css';

export type Tone = 'plain' | 'accent' | 'ok' | 'warn' | 'bad';

interface Props {
  tone?: Tone;
  children: ReactNode;
  title?: string;
}

export function Chip({ tone = 'plain', children, title }: Props) {
  return (
    <span className={styles.chip} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
