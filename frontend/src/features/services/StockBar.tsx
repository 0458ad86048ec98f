import type { Stock } from '@/api/types';
import { count } from '@/lib/format';
import styles from './StockBar.module.css';

/** How many diagnoses can be answered before the dealer brings more: what the emptier party holds, and the level at which it is refilled. */
export function StockBar({ stock }: { stock: Stock }) {
  const { p0, p1, low, full } = stock;
  const held = Math.min(p0, p1);
  const share = (value: number) => `${Math.min(100, (100 * value) / Math.max(1, full))}%`;
  const tone = held === 0 ? 'bad' : held < low ? 'warn' : 'ok';
  return (
    <span className={styles.stock}>
      <span className={styles.bar} aria-hidden="true">
        <span className={styles.held} data-tone={tone} style={{ width: share(held) }} />
        <span className={styles.low} style={{ left: share(low) }} />
      </span>
      <span className={styles.text}>
        {count(held)} of {count(full)}
      </span>
      {tone !== 'ok' && <small data-tone={tone}>{tone === 'bad' ? 'empty: requests wait' : 'being refilled'}</small>}
    </span>
  );
}
