import type { ReactNode } from 'react';
import styles from './LinkButton.module.css';

interface Props {
  children: ReactNode;
  onClick: () => void;
  pressed?: boolean;
  label?: string;
  disabled?: boolean;
}

/** A small action that looks like a link, beside a heading. */
export function LinkButton({ children, onClick, pressed, label, disabled = false }: Props) {
  return (
    <button type="button" className={styles.link} onClick={onClick} aria-pressed={pressed} aria-label={label} disabled={disabled}>
      {children}
    </button>
  );
}
