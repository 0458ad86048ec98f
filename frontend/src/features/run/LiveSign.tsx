import type { LiveState } from '@/api/live';
import styles from './LiveSign.module.css';

const WORDS: Record<LiveState | 'ended', string> = {
  connecting: 'connecting',
  live: 'live',
  reconnecting: 'reconnecting',
  forbidden: 'no longer allowed',
  unknown: 'job not found',
  ended: '',
};

export function LiveSign({ state }: { state: LiveState | 'ended' }) {
  return (
    <span className={styles.sign} data-state={state} role="status" aria-live="polite">
      {WORDS[state]}
    </span>
  );
}
