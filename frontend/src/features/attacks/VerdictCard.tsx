import type { AuditDocument } from '@/api/documents';
import { Card } from '@/ui/Card';
import { StateChip } from '@/ui/StateChip';
import { findingLook, VERDICTS, VIEWS } from './names';
import type { Part } from './parts';
import styles from './VerdictCard.module.css';

interface Props {
  document: AuditDocument;
  parts: Part[];
}

const WORKED = { label: 'the attack works', sign: '✓', tone: 'ok' } as const;
const FAILED = { label: 'the attack failed', sign: '✕', tone: 'warn' } as const;

/** What the audit comes to, and what each thing that somebody could see gave away. */
export function VerdictCard({ document: { verdict, statement, valid }, parts }: Props) {
  const { title, tone } = VERDICTS[verdict];
  return (
    <Card title={title} tone={tone}>
      <p className={styles.statement}>{statement}</p>
      <ul className={styles.views}>
        {parts.map(({ id, name, positive, figures }) => (
          <li key={id}>
            <div>
              <b>{name}</b>
              <small>{positive ? 'single images, evaluation mode: an attack that fails here proves nothing elsewhere' : VIEWS[figures.view].seen}</small>
            </div>
            <StateChip look={positive ? (valid ? WORKED : FAILED) : findingLook(figures.finding, valid)} />
            <span>{figures.reading}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
