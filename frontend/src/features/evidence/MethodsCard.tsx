import type { EvaluationDocument } from '@/api/documents';
import { count, plural, sentence, shortHash } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Facts } from '@/ui/Facts';
import styles from './EvaluationBody.module.css';
import { methodName } from './names';

/** What the intervals mean, and on what all of it stands. */
export function MethodsCard({ document }: { document: EvaluationDocument }) {
  const { intervals, made, cohort, quantised_bins: bins, smallest_cell: least, notes } = document;
  const facts = [
    ...Object.entries(intervals).map(([method, what]) => ({ name: methodName(method), value: what })),
    { name: 'Computed by', value: made === 'local' ? 'one machine, from its own images' : `${made}: no site’s own answers left it` },
    { name: 'Cohort', value: `${plural(cohort.versions.length, 'version')}: ${cohort.versions.map((one) => shortHash(one, 2)).join(', ')}` },
    { name: 'Probabilities', value: bins === null ? 'ranked exactly' : `sorted into ${count(bins)} bins of equal width before they were ranked` },
    ...(least === null ? [] : [{ name: 'Smallest group', value: `${plural(least, 'image')}; smaller groups are not shown` }]),
  ];
  return (
    <Card title="How it was computed">
      <Facts facts={facts} />
      {notes.map((note) => (
        <p key={note} className={styles.about}>
          {sentence(note)}
        </p>
      ))}
    </Card>
  );
}
