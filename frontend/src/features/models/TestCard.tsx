import type { ModelDetail, TestResult } from '@/api/types';
import { ConfusionMatrix } from '@/charts/ConfusionMatrix';
import { perClass } from '@/lib/confusion';
import { count, interval, metric, percent } from '@/lib/format';
import { Card } from '@/ui/Card';
import { PerClassTable } from '@/ui/PerClassTable';
import styles from './ModelDetails.module.css';

interface Props {
  model: ModelDetail;
  test: TestResult;
}

export function TestCard({ model, test }: Props) {
  const { classes } = model.card;
  return (
    <Card title={`MCC ${metric(test.mcc)} ${interval(test.low, test.high)}, accuracy ${percent(test.accuracy)}, on ${count(test.n)} test images of all sites together`}>
      <div className={styles.result}>
        <PerClassTable figures={perClass(test.confusion, classes)} />
        <ConfusionMatrix names={classes} confusion={test.confusion} />
      </div>
    </Card>
  );
}
