import type { Study } from '@/api/readings';
import { AnswerPanel } from './AnswerPanel';
import type { Waiting } from './desk';
import { useKeys } from './keys';
import type { Row } from './rows';
import { Stage } from './Stage';
import styles from './Surface.module.css';
import { useCase } from './useCase';
import { type Decoded, useDecoded } from './useDecoded';
import { useDraft } from './useDraft';
import { useLook } from './useLook';

interface Props {
  study: Study;
  user: string;
  row: Row;
  all: number;
  file: Blob | undefined;
  next: Blob | undefined;
  paused: boolean;
  /** Resolves to whether it is kept. */
  onGive: (one: Waiting) => Promise<boolean>;
  onPutOff: () => void;
  onBack: (() => void) | null;
  onPause: () => void;
}

const STEP = 40;
const BRIGHTER = 4;

/** One case: the picture and the answer to it. Its page is made anew for every case, so that nothing is carried over. */
export function CaseInView({ study, user, row, all, file, next, paused, onGive, onPutOff, onBack, onPause }: Props) {
  const draft = useDraft(study.id, user, row.case);
  const opened = useDecoded(file, next);
  const decoded: Decoded = opened.state === 'there' && draft === undefined ? { state: 'reading' } : opened;
  const { place, shown, act } = useLook();
  const visible = decoded.state === 'there' && !paused;
  const { choice, choose, clear, complete, finish, reopen } = useCase({ study: study.id, user, row, draft, visible, asksConfidence: study.ask_confidence });
  const give = async () => {
    const one = finish();
    if (one !== null && !(await onGive(one))) reopen();
  };
  const { classes } = study;
  const keys: Record<string, () => void> = {
    Enter: () => void give(), Backspace: clear, b: () => onBack?.(), l: onPutOff, p: onPause, i: act.invert, '0': act.reset,
    '+': () => act.zoomBy(1.25), '=': () => act.zoomBy(1.25), '-': () => act.zoomBy(0.8),
    '[': () => act.windowBy(0, -BRIGHTER), ']': () => act.windowBy(0, BRIGHTER), ',': () => act.windowBy(-BRIGHTER, 0), '.': () => act.windowBy(BRIGHTER, 0),
    ArrowLeft: () => act.moveBy(STEP, 0), ArrowRight: () => act.moveBy(-STEP, 0), ArrowUp: () => act.moveBy(0, STEP), ArrowDown: () => act.moveBy(0, -STEP),
    ...Object.fromEntries(classes.map((label, index) => [String(index + 1), () => choose({ label })])),
  };
  useKeys(paused ? { p: onPause } : keys);
  const name = `Picture ${row.position} of ${all}`;
  return (
    <div className={styles.desk}>
      <div className={styles.film}>
        {paused ? (
          <p className={styles.paused} role="status">
            Paused. The picture is hidden and no time runs.
          </p>
        ) : (
          <Stage name={name} decoded={decoded} place={place} shown={shown} act={act} />
        )}
        <p className={styles.number}>{name}</p>
        <div className={styles.tools} role="group" aria-label="The picture">
          <button type="button" className={styles.quiet} aria-label="Zoom in" onClick={() => act.zoomBy(1.5)}>+</button>
          <button type="button" className={styles.quiet} aria-label="Zoom out" onClick={() => act.zoomBy(1 / 1.5)}>−</button>
          <button type="button" className={styles.quiet} aria-pressed={shown.inverted} onClick={act.invert}>Invert</button>
          <button type="button" className={styles.quiet} onClick={act.reset}>Reset</button>
        </div>
      </div>
      <AnswerPanel study={study} row={row} choice={choice} disabled={!visible} complete={complete} onChoose={choose} onClear={clear} onNext={() => void give()} onPutOff={onPutOff} />
    </div>
  );
}
