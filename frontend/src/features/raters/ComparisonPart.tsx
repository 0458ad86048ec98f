import { Button } from '@mantine/core';
import { useState } from 'react';
import type { StudyDetail } from '@/api/readings';
import { plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Notice } from '@/ui/Notice';
import { Compared } from './Compared';
import type { StudyView } from './StudyPage';

interface Props {
  study: StudyDetail;
  view: StudyView;
  onView: (change: Partial<StudyView>) => void;
}

/** The comparison, or why it is not shown: to readers never before the end, to others at a price that is told. */
export function ComparisonPart({ study, view, onView }: Props) {
  const [looking, setLooking] = useState(false);
  if (study.state === 'closed' || (looking && !study.blinded)) return <Compared study={study} view={view} onView={onView} />;
  if (study.state === 'draft' && !study.blinded) return null;
  return (
    <Card title="Comparison">
      {study.blinded ? (
        <Notice tone="plain" title="Hidden from you until the study is closed">
          Whoever reads, or watches over the study, sees neither the truth nor what others said before its end.
        </Notice>
      ) : (
        <Notice tone="warn" title="The study is still open" actions={<Button onClick={() => setLooking(true)}>Look now</Button>}>
          A look before the end is kept, goes into the audit log, and is told with the results: figures that were watched while they came in mean less.
          {study.looks.length > 0 && ` So far there ${study.looks.length === 1 ? 'was' : 'were'} ${plural(study.looks.length, 'look')}.`}
        </Notice>
      )}
    </Card>
  );
}
