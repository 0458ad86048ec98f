import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { comparisonQuery, type StudyDetail } from '@/api/readings';
import { oneOf } from '@/lib/search';
import { ApiError } from '@/lib/problem';
import { Card } from '@/ui/Card';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { ComparisonBody } from './ComparisonBody';
import { Exports } from './Exports';
import styles from './Raters.module.css';
import type { StudyView } from './StudyPage';

interface Props {
  study: StudyDetail;
  view: StudyView;
  onView: (change: Partial<StudyView>) => void;
}

const CASES = [
  { value: 'all', label: 'All cases' },
  { value: 'common', label: 'Cases that all have read' },
];

export function Compared({ study, view, onView }: Props) {
  const which = view.cases ?? 'all';
  const query = useQuery(comparisonQuery(study.id, which));
  const nothing = query.error instanceof ApiError && query.error.code === 'readings.nothing_to_compare' ? query.error.message : null;
  return (
    <>
      <div className={styles.above}>
        <SegmentedControl aria-label="Which cases are compared" value={which} data={CASES} onChange={(value) => onView({ cases: oneOf(['common'], value) })} />
        <Exports study={study} which={which} off={query.data === undefined} />
      </div>
      {nothing !== null ? (
        <Card title="Comparison">
          <Empty title="There is nothing to compare">{nothing}</Empty>
        </Card>
      ) : (
        <Async what="comparison" query={query} lines={8}>
          {(found) => <ComparisonBody study={study} comparison={found} view={view} onView={onView} />}
        </Async>
      )}
    </>
  );
}
