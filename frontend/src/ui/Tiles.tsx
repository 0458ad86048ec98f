import type { ReactNode } from 'react';
import styles from './Tiles.module.css';

export function Tiles({ children, label }: { children: ReactNode; label: string }) {
  return (
    <dl className={styles.tiles} aria-label={label}>
      {children}
    </dl>
  );
}
