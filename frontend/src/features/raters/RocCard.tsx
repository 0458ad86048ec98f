import { NativeSelect } from '@mantine/core';
import type { Comparison } from '@/api/readings';
import { ChartCard } from '@/charts/ChartCard';
import { interval, metric } from '@/lib/format';
import { RaterMark } from './RaterMark';
import { raterStyle } from './raterStyle';
import { drawnCurves, drawnPoints } from './roc';
import { RocChart } from './RocChart';
import styles from './Raters.module.css';
import charts from './Charts.module.css';

interface Props {
  comparison: Comparison;
  chosen: string | undefined;
  asTable: boolean;
  onChosen: (name: string) => void;
  onTable: (table: boolean) => void;
}

/** Where each rater stands between missing and crying wolf, over the curve of a model that gives probabilities. */
export function RocCard({ comparison, chosen, asTable, onChosen, onTable }: Props) {
  const { classes } = comparison;
  const name = classes.find((one) => one === chosen) ?? classes.at(-1) ?? '';
  const points = drawnPoints(comparison, name);
  const curves = drawnCurves(comparison, name);
  return (
    <ChartCard
      title="Readers over the curve"
      name={`ROC of ${name}`}
      header={['rater', '1 - specificity', 'sensitivity', 'low', 'high']}
      rows={points.map(({ rater, fpr, tpr }) => [rater, fpr, tpr.value, tpr.low, tpr.high])}
      asTable={asTable}
      onTable={onTable}
      tabs={<NativeSelect aria-label="Class" value={name} data={[...classes]} onChange={({ currentTarget }) => onChosen(currentTarget.value)} />}
    >
      <div className={charts.roc}>
        <RocChart comparison={comparison} name={name} points={points} curves={curves} />
        <ul aria-label="Legend" className={charts.legend}>
          {comparison.raters.map((one) => {
            const curve = curves.find(({ rater }) => rater === one.name);
            return (
              <li key={one.id}>
                <RaterMark style={raterStyle(comparison, one.name)} />
                <span>
                  {one.name}
                  {curve !== undefined && <small>AUC {metric(curve.auc.value)} {interval(curve.auc.low, curve.auc.high)}</small>}
                </span>
              </li>
            );
          })}
        </ul>
      </div>
      <p className={styles.note}>
        {curves.length === 0
          ? `Nobody gave probabilities, so there is no curve: points alone, of ${name} against the others.`
          : `${name} against the others. A point above a curve: that rater did better than the model could at the same rate of false alarms. Areas have DeLong’s interval.`}
      </p>
    </ChartCard>
  );
}
