import { plural } from '@/lib/format';
import styles from './Surface.module.css';

interface Props {
  title: string;
  read: number;
  all: number;
  unsent: number;
  trouble: string | null;
  paused: boolean;
  onBack: (() => void) | null;
  onPause: () => void;
  onLeave: () => void;
}

/** How far the reader is, what the platform does not have yet, and the ways out. */
export function SurfaceBar({ title, read, all, unsent, trouble, paused, onBack, onPause, onLeave }: Props) {
  return (
    <header className={styles.bar}>
      <h1>{title}</h1>
      <div className={styles.progress}>
        <progress aria-label="Cases read" value={read} max={all} />
        <span>
          {read} of {all} read
        </span>
      </div>
      <p role="status" className={styles.kept} data-waits={unsent > 0}>
        {unsent === 0 ? 'all sent' : `${plural(unsent, 'reading')} kept here${trouble === null ? ', sending' : ', sent when the platform answers'}`}
      </p>
      <button type="button" className={styles.quiet} disabled={onBack === null} onClick={() => onBack?.()}>
        Before
      </button>
      <button type="button" className={styles.quiet} aria-pressed={paused} onClick={onPause}>
        {paused ? 'Go on' : 'Pause'}
      </button>
      <button type="button" className={styles.quiet} onClick={onLeave}>
        Leave
      </button>
    </header>
  );
}
