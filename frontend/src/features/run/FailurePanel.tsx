import type { Failure } from '@/api/types';
import { Card } from '@/ui/Card';
import styles from './FailurePanel.module.css';
import type { SiteBook } from './siteBook';

interface Props {
  failure: Failure;
  book: SiteBook;
}

/** Which site, in which phase, why, and what to do next. */
export function FailurePanel({ failure, book }: Props) {
  const facts = [
    { name: 'Where', value: failure.site === null ? 'at the hub' : book(failure.site).name },
    { name: 'In which phase', value: failure.phase ?? 'not known' },
    { name: 'Why', value: failure.reason },
    { name: 'What next', value: failure.next_step === '' ? 'See the event log below for what came before.' : failure.next_step },
  ];
  return (
    <Card tone="bad" title="This job failed">
      <dl className={styles.facts}>
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
