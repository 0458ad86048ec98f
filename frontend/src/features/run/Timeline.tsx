import type { KeyboardEvent } from 'react';
import { ENDED } from '@/api/jobs';
import { duration, shortDuration } from '@/lib/format';
import { Card } from '@/ui/Card';
import { stepsOf } from './model/steps';
import type { RunView } from './model/view';
import styles from './Timeline.module.css';

interface Props {
  run: RunView;
  selected: number | undefined;
  onSelect: (number: number) => void;
}

const SIGNS = { closed: '✓', open: '▶', failed: '✕', cancelled: '–', planned: '' } as const;

/** All steps of the job in a row, done and to come; choosing one shows its lanes below. */
export function Timeline({ run, selected, onSelect }: Props) {
  const steps = stepsOf(run, ENDED.has(run.job.state));
  const reachable = steps.filter(({ state }) => state !== 'planned');
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const way = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    // From the step that has the focus: the chosen one follows through the address, and a held key is quicker than that.
    const from = event.target instanceof HTMLElement ? Number(event.target.dataset.step) : selected;
    const next = reachable[reachable.findIndex(({ number }) => number === from) + way];
    if (way === 0 || next === undefined) return;
    event.preventDefault();
    onSelect(next.number);
    event.currentTarget.querySelector<HTMLButtonElement>(`[data-step="${next.number}"]`)?.focus();
  };
  return (
    <Card title={run.job.kind === 'train' ? 'Rounds' : 'Steps'}>
      <div className={styles.strip} role="toolbar" aria-label="Steps of this job; arrow keys choose one" onKeyDown={onKeyDown}>
        {steps.map(({ number, short, long, state, seconds, attempts }) => (
          <button
            key={number}
            type="button"
            data-step={number}
            data-state={state}
            className={styles.step}
            disabled={state === 'planned'}
            tabIndex={number === selected ? 0 : -1}
            aria-pressed={number === selected}
            onClick={() => onSelect(number)}
          >
            <span className="visually-hidden">
              {`${long}: ${state}${seconds === null ? '' : `, ${duration(seconds)}`}${attempts > 1 ? `, ${attempts} attempts` : ''}`}
            </span>
            <span className={styles.face} aria-hidden="true">
              <b>{short}</b>
              <span className={styles.mark}>{attempts > 1 ? `${SIGNS[state]} ×${attempts}` : SIGNS[state]}</span>
              <small>{seconds === null ? '' : shortDuration(seconds)}</small>
            </span>
          </button>
        ))}
      </div>
    </Card>
  );
}
