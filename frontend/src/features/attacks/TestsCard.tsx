import type { AuditTest } from '@/api/documents';
import { ChartTable } from '@/charts/ChartTable';
import { pValue } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import styles from './AttackAuditBody.module.css';
import { TESTS } from './names';

/** Do the mean errors differ, between views and from their controls? */
export function TestsCard({ tests }: { tests: AuditTest[] }) {
  const rows = tests.map(({ method, compared, statistic, p, p_holm: holm }) => [TESTS[method], compared.join(' – ').replaceAll('_', ' '), statistic === null ? null : statistic.toFixed(2).replace('-', '−'), pValue(p), pValue(holm)]);
  return (
    <Card title="Tests of the mean errors">
      {tests.length === 0 ? (
        <Empty title="No tests">They need two views, or an attack beside its controls.</Empty>
      ) : (
        <>
          <ChartTable caption="Tests of the mean errors" header={['test', 'compared', 'statistic', 'p', 'p, Holm']} rows={rows} />
          <p className={styles.about}>Holm adjusts for the other tests of the same kind. Images of one release are not independent, so that p is on the small side; that an error is smaller does not mean that a patient is found.</p>
        </>
      )}
    </Card>
  );
}
