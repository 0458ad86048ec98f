import type { Probability } from '@/diagnosis/result';
import { percent } from '@/lib/format';
import styles from './Probabilities.module.css';

/** One bar a class, in the order of the service, with its number beside it. */
export function Probabilities({ values }: { values: readonly Probability[] }) {
  const most = Math.max(...values.map(({ value }) => value));
  return (
    <ul className={styles.list} aria-label="Probability of each class">
      {values.map(({ name, value }) => (
        <li key={name} className={styles.row} data-first={value === most}>
          <b>{name}</b>
          <div className={styles.track} aria-hidden="true">
            <div className={styles.bar} style={{ width: `${(value * 100).toFixed(1)}%` }} />
          </div>
          <span className={styles.number}>{percent(value)}</span>
        </li>
      ))}
    </ul>
  );
}
