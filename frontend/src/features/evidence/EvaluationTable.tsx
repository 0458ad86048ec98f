import { Link } from '@tanstack/react-router';
import { createColumnHelper } from '@tanstack/react-table';
import type { Evaluation } from '@/api/evidence';
import { count, dayTime, interval, metric, percent, percentInterval } from '@/lib/format';
import { Clock } from '@/ui/Clock';
import { DataTable } from '@/ui/DataTable';
import { splitName } from './names';

const column = createColumnHelper<Evaluation>();

const columns = [
  column.display({
    id: 'model',
    header: 'Model',
    meta: { wide: true },
    cell: ({ row: { original: one } }) => (
      <>
        <Link to="/evaluations/$evaluation" params={{ evaluation: one.id }}>
          {one.model.name}, version {one.model.number}
        </Link>
        <div className="dim">{one.federation.name}</div>
      </>
    ),
  }),
  column.display({
    id: 'on',
    header: 'On',
    cell: ({ row: { original: one } }) => (
      <>
        {count(one.n)} {splitName(one.split)}
        <div className="dim">
          {one.made}
          {one.per_site && ', each also by itself'}
        </div>
      </>
    ),
  }),
  column.display({
    id: 'accuracy',
    header: 'Accuracy',
    meta: { number: true },
    cell: ({ row: { original: one } }) => (
      <>
        {percent(one.accuracy.value)}
        <div className="dim">{percentInterval(one.accuracy.low, one.accuracy.high)}</div>
      </>
    ),
  }),
  column.display({
    id: 'mcc',
    header: 'MCC',
    meta: { number: true },
    cell: ({ row: { original: one } }) => (
      <>
        {metric(one.mcc.value)}
        <div className="dim">{interval(one.mcc.low, one.mcc.high)}</div>
      </>
    ),
  }),
  column.display({ id: 'created', header: 'Made', cell: ({ row }) => <Clock>{(now) => dayTime(row.original.created_at, now)}</Clock> }),
];

export function EvaluationTable({ evaluations }: { evaluations: Evaluation[] }) {
  return <DataTable caption="Evaluations, newest first" rows={evaluations} columns={columns} rowKey={({ id }) => id} />;
}
