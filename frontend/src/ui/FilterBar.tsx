import type { ReactNode } from 'react';
import styles from './FilterBar.module.css';

export function FilterBar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="search" className={styles.bar} aria-label={label}>
      {children}
    </div>
  );
}
