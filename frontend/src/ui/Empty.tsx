import type { ReactNode } from 'react';
import styles from './Empty.module.css';

interface Props {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** Nothing is here yet, and what would bring something. */
export function Empty({ title, children, action }: Props) {
  return (
    <div className={styles.empty}>
      <b>{title}</b>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}
