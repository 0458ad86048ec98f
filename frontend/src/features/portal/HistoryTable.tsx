import { Link } from '@tanstack/react-router';
import { createColumnHelper } from '@tanstack/react-table';
import type { Remembered } from '@/diagnosis/vault';
import { dateTime, percent } from '@/lib/format';
import { DataTable } from '@/ui/DataTable';
import { ResultChip } from './ResultChip';

const column = createColumnHelper<Remembered>();

const likeliest = ({ result }: Remembered) => result?.probabilities?.reduce((most, { value }) => Math.max(most, value), 0) ?? null;

const columns = [
  column.display({
    id: 'source',
    header: 'Picture',
    meta: { wide: true },
    cell: ({ row: { original } }) => (
      <Link to="/diagnose/result/$diagnosis" params={{ diagnosis: original.id }}>
        {original.source}
      </Link>
    ),
  }),
  column.display({ id: 'sent', header: 'Sent', cell: ({ row: { original } }) => dateTime(original.sentAt) }),
  column.display({ id: 'label', header: 'Model says', cell: ({ row: { original } }) => original.result?.label ?? '–' }),
  column.display({ id: 'probability', header: 'Probability', meta: { number: true }, cell: ({ row: { original } }) => percent(likeliest(original)) }),
  column.display({ id: 'state', header: '', cell: ({ row: { original } }) => <ResultChip record={original} /> }),
];

export function HistoryTable({ rows }: { rows: Remembered[] }) {
  return <DataTable caption="Diagnoses of this device" rows={rows} columns={columns} rowKey={({ id }) => id} />;
}
