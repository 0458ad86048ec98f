import styles from './StepDiagram.module.css';
import type { Step } from './progress';

const SIGNS = { waiting: '', active: '', done: '✓', failed: '✕' };
const WORDS = { waiting: 'not yet', active: 'under way', done: 'done', failed: 'failed' };

/** Where a picture is on its way, and which of the steps happen on this device. */
export function StepDiagram({ steps }: { steps: readonly Step[] }) {
  const now = steps.find(({ state }) => state === 'active' || state === 'failed');
  return (
    <>
      <ol className={styles.steps} aria-label="Steps of this diagnosis">
        {steps.map(({ name, title, where, state, note }, index) => (
          <li key={name} className={styles.step} data-state={state} aria-current={state === 'active' ? 'step' : undefined}>
            <span className={styles.sign} aria-hidden="true">
              {SIGNS[state] || index + 1}
            </span>
            <b>
              {title}
              <span className="visually-hidden">, {WORDS[state]}</span>
            </b>
            <span className={styles.where}>{where}</span>
            <span className={styles.note}>{note}</span>
          </li>
        ))}
      </ol>
      <p className="visually-hidden" role="status">
        {now === undefined ? 'All steps are done.' : `${now.title}: ${WORDS[now.state]}. ${now.note}`}
      </p>
    </>
  );
}
