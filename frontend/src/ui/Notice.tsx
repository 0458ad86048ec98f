import type { ReactNode } from 'react';
import styles from './Notice.module.css';

interface Props {
  tone: 'plain' | 'warn' | 'bad' | 'ok';
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  role?: 'alert' | 'status';
}

const SIGNS = { plain: 'i', warn: '!', bad: '✕', ok: '✓' };

export function Notice({ tone, title, children, actions, role }: Props) {
  return (
    <div className={styles.notice} data-tone={tone} role={role}>
      <span className={styles.sign} aria-hidden="true">
        {SIGNS[tone]}
      </span>
      <div className={styles.text}>
        <b>{title}</b>
        {children !== undefined && <div>{children}</div>}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
