import type { StepLatency } from '@/api/types';
import { ChartCard } from '@/charts/ChartCard';
import { PercentileChart } from '@/charts/PercentileChart';
import { Empty } from '@/ui/Empty';
import styles from './LatencyCard.module.css';
import { inOrder, stepName } from './steps';

interface Props {
  steps: StepLatency[];
  asTable: boolean;
  onTable: (shown: boolean) => void;
}

/** How long each step of a diagnosis takes: half, nine in ten, all but one in a hundred. */
export function LatencyCard({ steps, asTable, onTable }: Props) {
  const rows = inOrder(steps).map(({ step, ...rest }) => ({ id: step, label: stepName(step), ...rest }));
  return (
    <ChartCard
      title="Time by step"
      name="Time by step"
      header={['step', 'median, s', '90 %, s', '99 %, s', 'measured']}
      rows={rows.map(({ label, p50, p90, p99, n }) => [label, p50, p90, p99, n])}
      asTable={asTable}
      onTable={onTable}
    >
      {rows.length === 0 ? (
        <Empty title="Nothing in these 24 hours" />
      ) : (
        <>
          <PercentileChart label="Time by step" rows={rows} />
          <p className={styles.key}>
            <span data-mark="half">● half within</span> <span>□ nine in ten</span> <span>◇ all but one in a hundred</span>
          </p>
        </>
      )}
    </ChartCard>
  );
}
