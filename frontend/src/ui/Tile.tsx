import type { ReactNode } from 'react';
import styles from './Tile.module.css';

interface Props {
  label: string;
  value: ReactNode;
  note?: ReactNode;
}

export function Tile({ label, value, note }: Props) {
  return (
    <div className={styles.tile}>
      <dt className={styles.label}>{label}</dt>
      <dd className={styles.value}>{value}</dd>
      <dd className={styles.note}>{note}</dd>
    </div>
  );
}
