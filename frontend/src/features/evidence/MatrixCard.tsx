import type { EvaluationDocument } from '@/api/documents';
import { ConfusionMatrix } from '@/charts/ConfusionMatrix';
import { toCsv } from '@/lib/csv';
import { downloadText, fileName } from '@/lib/download';
import { Card } from '@/ui/Card';
import { LinkButton } from '@/ui/LinkButton';
import { AreaTable } from './AreaTable';
import styles from './EvaluationBody.module.css';

export function MatrixCard({ document }: { document: EvaluationDocument }) {
  const { classes, confusion, model } = document;
  const save = () => downloadText(fileName(`${model.name} confusion`, '.csv'), toCsv(['truly', ...classes], classes.map((name, index) => [name, ...(confusion[index] ?? [])])));
  return (
    <Card
      title="Confusion matrix, and areas under the curve"
      actions={
        <LinkButton label="Confusion matrix as CSV" onClick={save}>
          CSV
        </LinkButton>
      }
    >
      <ConfusionMatrix names={classes} confusion={confusion} />
      <p className={styles.about}>Counts of images, and their share of the row.</p>
      <AreaTable document={document} />
      <p className={styles.about}>Over all classes; weighted by their images.</p>
    </Card>
  );
}
