import type { ServiceDetail, ServiceStep } from '@/api/types';
import { duration } from '@/lib/format';
import { Clock } from '@/ui/Clock';
import { secondsOf, STEP_WORDS } from './steps';
import styles from './StepsCard.module.css';

interface Props {
  step: ServiceStep;
  service: ServiceDetail;
}

const SIGNS = { waiting: '', running: '▶', done: '✓', failed: '✕' } as const;
const SAID = { waiting: 'to come', running: 'running', done: 'done', failed: 'failed' } as const;

export function StepLine({ step, service }: Props) {
  const { title, text } = STEP_WORDS[step.step];
  const { state } = step;
  return (
    <li data-state={state} aria-current={state === 'running' ? 'step' : undefined}>
      <span className={styles.sign} aria-hidden="true">
        {SIGNS[state]}
      </span>
      <div>
        <b>{title}</b>
        <p>{text}</p>
      </div>
      <div className={styles.who}>
        {step.nodes.map((role) => (
          <div key={role}>{service.nodes[role].name}</div>
        ))}
      </div>
      <div className={styles.time}>
        <span className={state === 'done' ? 'visually-hidden' : 'dim'}>{SAID[state]} </span>
        {state === 'running' ? <Clock>{(now) => duration(Math.round(secondsOf(step, now) ?? 0)).replace('.0 s', ' s')}</Clock> : secondsOf(step, 0) !== null && state !== 'waiting' && duration(secondsOf(step, 0))}
      </div>
    </li>
  );
}
