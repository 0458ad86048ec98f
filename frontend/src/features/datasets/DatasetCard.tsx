import type { Dataset } from '@/api/types';
import { checkText } from '@/lib/checks';
import { ago, plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Chip } from '@/ui/Chip';
import { Clock } from '@/ui/Clock';
import { Hash } from '@/ui/Hash';
import styles from './DatasetCard.module.css';

const SIGNS = { pass: '✓', warn: '!', fail: '✕' };
const SPOKEN = { pass: 'passed', warn: 'warning', fail: 'failed' };

/** What needs a look comes first, a line each; what is well is one paragraph. */
export function DatasetCard({ dataset }: { dataset: Dataset }) {
  const poor = dataset.checks.filter(({ status }) => status !== 'pass');
  const well = dataset.checks.filter(({ status }) => status === 'pass');
  const failed = poor.filter(({ status }) => status === 'fail');
  return (
    <Card
      title={`${dataset.site_name}: ${dataset.name}`}
      actions={
        <Chip tone={dataset.ready ? 'ok' : 'bad'}>{dataset.ready ? '✓ ready' : `✕ not ready, ${plural(failed.length, 'check')} failed`}</Chip>
      }
    >
      <p className={styles.facts}>
        {dataset.task} · {dataset.classes.join(', ')} · version <Hash value={dataset.version} /> · reported{' '}
        <Clock>{(now) => ago(dataset.reported_at, now)}</Clock>
      </p>
      {poor.length > 0 && (
        <ul className={styles.poor}>
          {poor.map(({ name, status }) => (
            <li key={name} data-status={status}>
              <span className={styles.sign} role="img" aria-label={SPOKEN[status]}>
                {SIGNS[status]}
              </span>
              <b>{name}</b>
              <span>{checkText(name, status)}. The site’s own report names the files.</span>
            </li>
          ))}
        </ul>
      )}
      <ul className={styles.well} aria-label="Checks that passed">
        {well.map(({ name, status }) => (
          <li key={name}>
            <span aria-hidden="true">✓</span> {checkText(name, status)}
          </li>
        ))}
      </ul>
    </Card>
  );
}
