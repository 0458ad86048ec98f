import { type ReactNode, useEffect } from 'react';
import styles from './Page.module.css';

interface Props {
  title: string;
  chips?: ReactNode;
  actions?: ReactNode;
  sub?: ReactNode;
  children: ReactNode;
}

/** The frame of a screen: heading, what stands beside it, and the document's title. */
export function Page({ title, chips, actions, sub, children }: Props) {
  useEffect(() => {
    document.title = `${title} · PriMIA`;
  }, [title]);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{title}</h1>
        {chips}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {sub !== undefined && <div className={styles.sub}>{sub}</div>}
      <div className={styles.body}>{children}</div>
    </div>
  );
}
