import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { modelsQuery } from '@/api/registry';
import type { Job, TestResult } from '@/api/types';
import { ConfusionMatrix } from '@/charts/ConfusionMatrix';
import { toCsv } from '@/lib/csv';
import { perClass } from '@/lib/confusion';
import { downloadText, fileName } from '@/lib/download';
import { count, interval, metric, percent } from '@/lib/format';
import { Card } from '@/ui/Card';
import { LinkButton } from '@/ui/LinkButton';
import { PerClassTable } from '@/ui/PerClassTable';
import styles from './Results.module.css';

interface Props {
  job: Job;
  test: TestResult;
}

/** How the chosen model did on images that took no part in training or in choosing it. */
export function Results({ job, test }: Props) {
  const models = useQuery(modelsQuery);
  const { classes } = job.settings.data;
  const figures = perClass(test.confusion, classes);
  const model = models.data?.find(({ job: made }) => made.id === job.id);
  const save = () => {
    const header = ['class', 'images', 'sensitivity', 'low', 'high', 'specificity', 'precision'];
    const rows = figures.map((one) => [one.name, one.n, one.sensitivity, one.low, one.high, one.specificity, one.precision]);
    downloadText(fileName(`${job.title} test`, '.csv'), toCsv(header, rows));
  };
  return (
    <Card
      title={`Result on ${count(test.n)} test images`}
      actions={
        <>
          {model !== undefined && (
            <Link to="/models/$model" params={{ model: model.id }} className={styles.link}>
              the model
            </Link>
          )}
          <LinkButton label="Result by class as CSV" onClick={save}>
            CSV
          </LinkButton>
        </>
      }
    >
      <div className={styles.grid}>
        <dl className={styles.figures}>
          <div>
            <dt>MCC</dt>
            <dd>{metric(test.mcc)}</dd>
            <dd className="dim">95 % interval {interval(test.low, test.high)}</dd>
          </div>
          <div>
            <dt>Accuracy</dt>
            <dd>{percent(test.accuracy)}</dd>
            <dd className="dim">model of round {test.round}</dd>
          </div>
        </dl>
        <PerClassTable figures={figures} />
        <ConfusionMatrix names={classes} confusion={test.confusion} />
      </div>
    </Card>
  );
}
