import type { Comparison, StudyDetail } from '@/api/readings';
import { dateTime, plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Notice } from '@/ui/Notice';
import { MarginCard } from './MarginCard';
import { PairsCard } from './PairsCard';
import styles from './Raters.module.css';
import { RatersTable } from './RatersTable';
import { RocCard } from './RocCard';
import type { StudyView } from './StudyPage';

interface Props {
  study: StudyDetail;
  comparison: Comparison;
  view: StudyView;
  onView: (change: Partial<StudyView>) => void;
}

export function ComparisonBody({ study, comparison, view, onView }: Props) {
  const { n, of, left_out: leftOut, interim, raters } = comparison;
  const left = leftOut.map(({ name, missing }) => `${name} (${plural(missing, 'case')} not read)`).join(', ');
  return (
    <>
      {interim && (
        <Notice tone="warn" role="status" title="Figures of a study that is still open">
          Readings may still come and be amended. This look is kept and told with the results.
        </Notice>
      )}
      {leftOut.length > 0 && (
        <Notice tone="warn" role="status" title={`Left out: ${left}`}>
          A rater is compared on all cases or not at all; compare the cases that all have read to include them.
        </Notice>
      )}
      {n < of && (
        <Notice tone="warn" role="status" title={`${n} of ${plural(of, 'case')} are compared`}>
          The others were not read by everybody. Which cases get read is not chance where readers put off hard ones.
        </Notice>
      )}
      {study.looks.length > 0 && !interim && (
        <Notice tone="warn" title={`The comparison was looked at ${study.looks.length === 1 ? 'once' : `${study.looks.length} times`} before the study was closed`}>
          {study.looks.map(({ username, readings, at }) => `${username}, ${dateTime(at)}, after ${plural(readings, 'reading')}`).join('; ')}
        </Notice>
      )}
      <Card title={`Raters on ${plural(n, 'case')}`}>
        <RatersTable comparison={comparison} />
        <p className={styles.note}>
          Intervals cover 95 %: Wilson’s for accuracy, the bootstrap’s for MCC. They say how other cases would come out with these raters; what other readers would say is another question, which needs more readers than these.
        </p>
      </Card>
      {raters.length > 1 && (
        <>
          <div className={styles.columns}>
            <MarginCard comparison={comparison} against={view.against} asTable={view.table === 'margin'} onAgainst={(against) => onView({ against })} onTable={(table) => onView({ table: table ? 'margin' : undefined })} />
            <RocCard comparison={comparison} chosen={view.roc} asTable={view.table === 'roc'} onChosen={(roc) => onView({ roc })} onTable={(table) => onView({ table: table ? 'roc' : undefined })} />
          </div>
          <PairsCard comparison={comparison} shown={view.pairs ?? 'difference'} onShown={(pairs) => onView({ pairs })} />
        </>
      )}
    </>
  );
}
