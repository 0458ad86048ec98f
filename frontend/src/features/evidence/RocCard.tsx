import { ChartCard } from '@/charts/ChartCard';
import { Legend } from '@/charts/Legend';
import { RocChart } from '@/charts/RocChart';
import { Empty } from '@/ui/Empty';
import type { ChartProps } from './chartProps';
import { rocLines, rocTable } from './curves';
import styles from './EvaluationBody.module.css';

export function RocCard({ document, asTable, onTable }: ChartProps) {
  const lines = rocLines(document);
  const title = 'ROC, one class against the others';
  return (
    <ChartCard title={title} name={`${document.model.name} ROC`} {...rocTable(lines)} asTable={asTable} onTable={onTable}>
      {lines.length === 0 ? (
        <Empty title="No curve">A curve needs images of a class and images of others.</Empty>
      ) : (
        <>
          <RocChart label={title} lines={lines} />
          <Legend series={lines.map((line) => ({ ...line, points: [] }))} />
          <p className={styles.about}>
            A curve shows what sensitivity costs in false alarms, whatever threshold one takes; the large markers are where the model itself decides. The area of hard labels has that single point for a curve, as in the PriMIA paper: it is always
            smaller, and comparable only with other areas of hard labels.
          </p>
        </>
      )}
    </ChartCard>
  );
}
