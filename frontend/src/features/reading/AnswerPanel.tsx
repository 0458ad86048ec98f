import type { Study } from '@/api/readings';
import { Confidence } from './Confidence';
import { LabelButtons } from './LabelButtons';
import type { Row } from './rows';
import styles from './Surface.module.css';

interface Props {
  study: Study;
  row: Row;
  choice: { label: string | null; confidence: number | null };
  disabled: boolean;
  complete: boolean;
  onChoose: (change: { label?: string; confidence?: number }) => void;
  onClear: () => void;
  onNext: () => void;
  onPutOff: () => void;
}

const HELP: [string, string][] = [
  ['+ − 0', 'zoom, fit'],
  ['arrows', 'move'],
  ['drag', 'move; with Shift: window'],
  ['I', 'invert'],
  ['[ ]', 'darker, brighter'],
  ['Backspace', 'take the answer back'],
  ['B', 'look at the one before'],
  ['P', 'pause'],
];

/** What is asked, the answers, and the one step that keeps an answer. */
export function AnswerPanel({ study, row, choice, disabled, complete, onChoose, onClear, onNext, onPutOff }: Props) {
  const amends = row.said !== null;
  return (
    <aside className={styles.panel} aria-label="Answer">
      <p className={styles.question}>{study.question}</p>
      {row.said !== null && (
        <p className={styles.said}>
          You said <b>{row.said.label}</b>. Another answer is kept beside it, and both stay in the record.
        </p>
      )}
      <LabelButtons classes={study.classes} chosen={choice.label} disabled={disabled} onChoose={(label) => onChoose({ label })} />
      {study.ask_confidence && <Confidence value={choice.confidence} disabled={disabled} onChange={(confidence) => onChoose({ confidence })} />}
      <div className={styles.steps}>
        <button type="button" className={styles.next} disabled={!complete} onClick={onNext}>
          {amends ? 'Amend' : 'Next'} <kbd>Enter</kbd>
        </button>
        <button type="button" className={styles.quiet} disabled={choice.label === null} onClick={onClear}>
          Take back
        </button>
        <button type="button" className={styles.quiet} onClick={onPutOff}>
          {amends ? 'Leave as it is' : 'Later'}
        </button>
      </div>
      <dl className={styles.help}>
        {HELP.map(([key, does]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}
