import type { ReactNode } from 'react';
import styles from './Card.module.css';

interface Props {
  title?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  label?: string;
  tone?: 'plain' | 'bad' | 'warn' | 'ok';
}

export function Card({ title, actions, children, label, tone = 'plain' }: Props) {
  return (
    <section className={styles.card} data-tone={tone} aria-label={label ?? (typeof title === 'string' ? title : undefined)}>
      {(title !== undefined || actions !== undefined) && (
        <header className={styles.head}>
          <h2>{title}</h2>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
