import { Skeleton } from '@mantine/core';
import styles from './Loading.module.css';

interface Props {
  label: string;
  lines?: number;
}

export function Loading({ label, lines = 4 }: Props) {
  return (
    <div role="status" aria-live="polite" className={styles.loading}>
      <span className="visually-hidden">Loading {label}</span>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={16} width={`${92 - ((line * 17) % 40)}%`} />
      ))}
    </div>
  );
}
