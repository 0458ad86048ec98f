import { NativeSelect } from '@mantine/core';
import { oneOf } from '@/lib/search';
import styles from './EventLog.module.css';
import type { RunView } from './model/view';
import type { RunSearch } from './search';
import type { SiteBook } from './siteBook';

interface Props {
  run: RunView;
  book: SiteBook;
  view: RunSearch;
  onView: (change: RunSearch) => void;
}

const KINDS = ['rounds', 'sites', 'problems'] as const;

export function EventFilters({ run, book, view, onView }: Props) {
  return (
    <div className={styles.filters}>
      <NativeSelect
        aria-label="Kind of event"
        value={view.events ?? ''}
        data={[
          { value: '', label: 'Main events' },
          { value: 'rounds', label: 'Rounds and job' },
          { value: 'sites', label: 'Every phase' },
          { value: 'problems', label: 'Problems' },
        ]}
        onChange={({ currentTarget }) => onView({ events: oneOf(KINDS, currentTarget.value) })}
      />
      <NativeSelect
        aria-label="Site"
        value={view.site ?? ''}
        data={[{ value: '', label: 'All sites' }, ...run.job.roster.map(({ slug }) => ({ value: slug, label: book(slug).name }))]}
        onChange={({ currentTarget }) => onView({ site: currentTarget.value === '' ? undefined : currentTarget.value })}
      />
    </div>
  );
}
