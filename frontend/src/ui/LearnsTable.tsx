import type { Learns } from '@/lib/learns';
import styles from './LearnsTable.module.css';

const COLUMNS = [
  { key: 'parties', name: 'P0 or P1' },
  { key: 'dealer', name: 'dealer' },
  { key: 'hub', name: 'hub' },
  { key: 'owner', name: 'owner' },
  { key: 'requester', name: 'requester' },
] as const;

/** Each of those involved alone; what two of them could do together stands beside the table. */
export function LearnsTable({ rows }: { rows: Learns[] }) {
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Who learns what from a diagnosis">
      <table className={styles.table}>
        <thead>
          <tr>
            <td />
            {COLUMNS.map(({ key, name }) => (
              <th key={key} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.what}>
              <th scope="row">{row.what}</th>
              {COLUMNS.map(({ key }) => (
                <td key={key} data-never={row[key] === 'never'}>
                  {row[key]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
