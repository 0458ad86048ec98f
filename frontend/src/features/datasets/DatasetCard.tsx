import type { Dataset } from '@/api/types';
import { ago, plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Chip } from '@/ui/Chip';
import { Clock } from '@/ui/Clock';
import { Hash } from '@/ui/Hash';
import styles from './DatasetCard.module.css';

export function DatasetCard({ dataset }: { dataset: Dataset }) {
  const failed = dataset.checks.filter(({ passed }) => !passed);
  return (
    <Card
      title={`${dataset.site_name}: ${dataset.name}`}
      actions={<Chip tone={dataset.ready ? 'ok' : 'bad'}>{dataset.ready ? '✓ ready' : `✕ not ready, ${plural(failed.length, 'check')} failed`}</Chip>}
    >
      <p className={styles.facts}>
        {dataset.task} · {dataset.classes.join(', ')} · version <Hash value={dataset.version} /> · reported{' '}
        <Clock>{(now) => ago(dataset.reported_at, now)}</Clock>
      </p>
      <ul className={styles.checks}>
        {dataset.checks.map((check) => (
          <li key={check.name} data-passed={check.passed}>
            <span className={styles.sign} role="img" aria-label={check.passed ? 'passed' : 'failed'}>
              {check.passed ? '✓' : '✕'}
            </span>
            <b>{check.name}</b>
            <span>{check.advice ?? ''}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
