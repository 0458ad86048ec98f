import type { AuditTest } from '@/api/documents';
import { pValue } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import styles from './AttackAuditBody.module.css';
import { TESTS } from './names';

const signed = (value: number | null) => (value === null ? 'all equal' : value.toFixed(2).replace('-', '−'));

/** Do the mean errors differ, between views and from their controls? */
export function TestsCard({ tests }: { tests: AuditTest[] }) {
  if (tests.length === 0) {
    return (
      <Card title="Tests of the mean errors">
        <Empty title="No tests">They need two views, or an attack beside its controls.</Empty>
      </Card>
    );
  }
  return (
    <Card title="Tests of the mean errors">
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="All tests">
        <table>
          <thead>
            <tr>
              <th scope="col">Test</th>
              <th scope="col">Compared</th>
              <th scope="col" className="number">
                Statistic
              </th>
              <th scope="col" className="number">
                p
              </th>
              <th scope="col" className="number">
                p, Holm
              </th>
            </tr>
          </thead>
          <tbody>
            {tests.map(({ method, compared, statistic, p, p_holm: holm }) => (
              <tr key={`${method} ${compared.join()}`}>
                <td className="nowrap">{TESTS[method]}</td>
                <td>{compared.join(' – ').replaceAll('_', ' ')}</td>
                <td className="number nowrap">{signed(statistic)}</td>
                <td className="number nowrap">{pValue(p)}</td>
                <td className="number nowrap">{pValue(holm)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.about}>Holm adjusts for the other tests of the same kind. Images of one release are not independent, so that p is on the small side; that an error is smaller does not mean that a patient is found.</p>
    </Card>
  );
}
