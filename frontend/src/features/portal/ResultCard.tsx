import type { ReactNode } from 'react';
import { NOTICE, type Result } from '@/diagnosis/result';
import { Card } from '@/ui/Card';
import { Chip } from '@/ui/Chip';
import { Notice } from '@/ui/Notice';
import { certaintyWords } from './certainty';
import { Probabilities } from './Probabilities';
import styles from './ResultCard.module.css';

/** What the model says, how sure it is, and what that is not. */
export function ResultCard({ result, actions }: { result: Result; actions?: ReactNode }) {
  const { chip, tone, text } = certaintyWords(result);
  return (
    <Card title="What the model says" actions={actions}>
      <div className={styles.answer} data-none={result.implausible}>
        <span className={styles.label}>{result.label}</span>
        <Chip tone={tone}>{chip}</Chip>
      </div>
      <p className={styles.text}>{text}</p>
      {result.probabilities !== null && <Probabilities values={result.probabilities} />}
      {result.entropy !== null && (
        <div className={styles.uncertainty}>
          <span>certain</span>
          <div className={styles.scale} role="meter" aria-label="Uncertainty, from certain to all classes alike" aria-valuemin={0} aria-valuemax={1} aria-valuenow={Number(result.entropy.toFixed(2))}>
            <span style={{ left: `${(result.entropy * 100).toFixed(1)}%` }} />
          </div>
          <span>all classes alike</span>
        </div>
      )}
      <div className={styles.notice}>
        <Notice tone="warn" title="Not a diagnosis">
          {NOTICE}
        </Notice>
      </div>
    </Card>
  );
}
