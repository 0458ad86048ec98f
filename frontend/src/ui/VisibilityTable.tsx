import type { Visible } from '@/lib/visibility';
import styles from './VisibilityTable.module.css';

export function VisibilityTable({ rows }: { rows: Visible[] }) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <td />
          <th scope="col">hub</th>
          <th scope="col">other sites</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ what, hub, sites }) => (
          <tr key={what}>
            <th scope="row">{what}</th>
            <td data-answer={hub}>{hub}</td>
            <td data-answer={sites}>{sites}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
