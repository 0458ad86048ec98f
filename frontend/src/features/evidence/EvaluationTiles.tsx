import type { EvaluationDocument } from '@/api/documents';
import { count, interval, metric, percent, percentInterval, plural } from '@/lib/format';
import { Tile } from '@/ui/Tile';
import { Tiles } from '@/ui/Tiles';
import { methodName } from './names';

export function EvaluationTiles({ document }: { document: EvaluationDocument }) {
  const { accuracy, mcc, per_class: classes, n, patients } = document;
  const [weakest] = [...classes].sort((a, b) => (a.sensitivity.value ?? 1) - (b.sensitivity.value ?? 1));
  return (
    <Tiles label="Headline figures">
      <Tile label="Accuracy" value={percent(accuracy.value)} note={`${percentInterval(accuracy.low, accuracy.high)}, ${methodName(accuracy.method)}`} />
      <Tile label="MCC" value={metric(mcc.value)} note={`${interval(mcc.low, mcc.high)}, bootstrap`} />
      <Tile label="AUC, one against the others" value={metric(document.auc_ovr_macro)} note={`mean of ${plural(classes.length, 'class', 'classes')}`} />
      {weakest !== undefined && <Tile label={`Least sensitive: ${weakest.name}`} value={percent(weakest.sensitivity.value)} note={`${percentInterval(weakest.sensitivity.low, weakest.sensitivity.high)}, ${methodName(weakest.sensitivity.method)}`} />}
      <Tile label="Images" value={count(n)} note={patients === null ? 'patients were not counted' : `of ${plural(patients, 'patient')}`} />
    </Tiles>
  );
}
