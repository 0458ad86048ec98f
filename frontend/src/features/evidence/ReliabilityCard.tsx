import { ChartCard } from '@/charts/ChartCard';
import { ReliabilityChart } from '@/charts/ReliabilityChart';
import type { ChartProps } from './chartProps';
import { reliabilityTable } from './curves';
import styles from './EvaluationBody.module.css';

export function ReliabilityCard({ document, asTable, onTable }: ChartProps) {
  const { reliability, model, expected_calibration_error: error } = document;
  const title = 'Reliability: does it know when it is right?';
  const sure = reliability.reduce((sum, { count, confidence }) => sum + count * (confidence ?? 0), 0) / Math.max(1, document.n);
  const right = document.accuracy.value ?? sure;
  return (
    <ChartCard title={title} name={`${model.name} reliability`} {...reliabilityTable(document)} asTable={asTable} onTable={onTable}>
      <ReliabilityChart label={title} bins={reliability} />
      <p className={styles.about}>
        {`Below the diagonal the model promises more than it keeps, above it less. On average it is ${(sure * 100).toFixed(1)} % sure and right in ${(right * 100).toFixed(1)} %: `}
        {Math.abs(sure - right) < 0.01 ? 'it is neither too sure nor too unsure.' : sure > right ? 'it is too sure of itself.' : 'it is less sure than it could be.'}
        {` The mean distance from the diagonal is ${error.toFixed(3)} (expected calibration error, of the largest probability). Lines are Wilson intervals; a bin of few images says little.`}
      </p>
    </ChartCard>
  );
}
