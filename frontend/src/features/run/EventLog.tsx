import { useState } from 'react';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { LinkButton } from '@/ui/LinkButton';
import { EventFilters } from './EventFilters';
import { EventLine } from './EventLine';
import styles from './EventLog.module.css';
import { selectEvents } from './model/select';
import type { RunView } from './model/view';
import type { RunSearch } from './search';
import type { SiteBook } from './siteBook';
import { useEarlierEvents } from './useRun';

interface Props {
  run: RunView;
  book: SiteBook;
  view: RunSearch;
  onView: (change: RunSearch) => void;
}

const SHOWN = 200;

export function EventLog({ run, book, view, onView }: Props) {
  const loadEarlier = useEarlierEvents(run.job.id);
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const events = selectEvents(run.events, view.events, view.site);
  const kinds = new Map(run.rounds.map(({ number, kind }) => [number, kind]));
  const first = run.events[0]?.seq ?? 1;
  const earlier = () => {
    setLoading(true);
    loadEarlier()
      .then(() => setProblem(null))
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
      .finally(() => setLoading(false));
  };
  return (
    <Card title="Events">
      <EventFilters run={run} book={book} view={view} onView={onView} />
      {events.length === 0 ? (
        <Empty title={run.events.length === 0 ? 'Nothing has happened yet' : 'No event fits this filter'} />
      ) : (
        <ol className={styles.log} tabIndex={0} aria-label="Events, newest first">
          {events.slice(0, SHOWN).map((event) => (
            <EventLine key={event.seq} event={event} book={book} kindOf={(step) => kinds.get(step) ?? 'train'} />
          ))}
        </ol>
      )}
      {events.length > SHOWN && <p className={styles.more}>The newest {SHOWN} are shown; filter for others.</p>}
      {problem !== null && (
        <p role="alert" className={styles.more}>
          Earlier events could not be loaded: {problem}
        </p>
      )}
      {first > 1 && (
        <LinkButton onClick={earlier} disabled={loading}>
          {loading ? 'loading' : 'load earlier events'}
        </LinkButton>
      )}
    </Card>
  );
}
