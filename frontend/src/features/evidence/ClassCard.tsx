import { createColumnHelper } from '@tanstack/react-table';
import type { ClassEvaluation, EvaluationDocument, Figure } from '@/api/documents';
import { toCsv } from '@/lib/csv';
import { downloadText, fileName } from '@/lib/download';
import { count } from '@/lib/format';
import { Card } from '@/ui/Card';
import { DataTable } from '@/ui/DataTable';
import { LinkButton } from '@/ui/LinkButton';
import { FigureCell } from './FigureCell';

const column = createColumnHelper<ClassEvaluation>();

const FIGURES: { id: 'sensitivity' | 'specificity' | 'ppv' | 'npv' | 'f1' | 'auc'; header: string }[] = [
  { id: 'sensitivity', header: 'Sensitivity' },
  { id: 'specificity', header: 'Specificity' },
  { id: 'ppv', header: 'PPV' },
  { id: 'npv', header: 'NPV' },
  { id: 'f1', header: 'F1' },
  { id: 'auc', header: 'AUC' },
];

const columns = [
  column.display({ id: 'name', header: 'Class', cell: ({ row }) => row.original.name }),
  column.display({ id: 'n', header: 'Images', meta: { number: true }, cell: ({ row }) => count(row.original.n) }),
  ...FIGURES.map(({ id, header }) => column.display({ id, header, meta: { number: true }, cell: ({ row }) => <FigureCell figure={row.original[id]} /> })),
];

const cells = ({ value, low, high, method }: Figure) => [value, low, high, method];

/** Each class against the others. */
export function ClassCard({ document }: { document: EvaluationDocument }) {
  const { per_class: classes, model } = document;
  const save = () => {
    const header = ['class', 'images', ...FIGURES.flatMap(({ id }) => [id, `${id} low`, `${id} high`, `${id} method`])];
    downloadText(fileName(`${model.name} by class`, '.csv'), toCsv(header, classes.map((one) => [one.name, one.n, ...FIGURES.flatMap(({ id }) => cells(one[id]))])));
  };
  return (
    <Card
      title="By class, each against the others, with 95 % intervals"
      actions={
        <LinkButton label="Figures by class as CSV" onClick={save}>
          CSV
        </LinkButton>
      }
    >
      <DataTable caption="Figures by class" rows={classes} columns={columns} rowKey={({ name }) => name} />
    </Card>
  );
}
