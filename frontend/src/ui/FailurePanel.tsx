import type { ReactNode } from 'react';
import { Card } from './Card';
import styles from './FailurePanel.module.css';

interface Props {
  title: string;
  where: string;
  phase: string | null;
  why: string;
  next: string;
  children?: ReactNode;
}

/** Where, in which phase, why, and what to do next. */
export function FailurePanel({ title, where, phase, why, next, children }: Props) {
  const facts = [
    { name: 'Where', value: where },
    { name: 'In which phase', value: phase ?? 'not known' },
    { name: 'Why', value: why },
    { name: 'What next', value: next },
  ];
  return (
    <Card tone="bad" title={title}>
      <dl className={styles.facts}>
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {children}
    </Card>
  );
}
