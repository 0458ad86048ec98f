import { Link } from '@tanstack/react-router';
import { createColumnHelper } from '@tanstack/react-table';
import type { Study } from '@/api/readings';
import { count, date } from '@/lib/format';
import { DataTable } from '@/ui/DataTable';
import { StateChip } from '@/ui/StateChip';
import { standing, studyState } from './words';

const column = createColumnHelper<Study>();

const columns = [
  column.display({
    id: 'title',
    header: 'Study',
    meta: { wide: true },
    cell: ({ row: { original: study } }) => (
      <>
        <Link to="/reader-studies/$study" params={{ study: study.id }}>
          {study.title}
        </Link>
        <div className="dim">{study.question}</div>
      </>
    ),
  }),
  column.display({ id: 'state', header: 'State', cell: ({ row }) => <StateChip look={studyState(row.original.state)} /> }),
  column.display({ id: 'cases', header: 'Cases', meta: { number: true }, cell: ({ row }) => count(row.original.cases) }),
  column.display({
    id: 'standing',
    header: 'Readers',
    cell: ({ row: { original: study } }) => {
      const own = study.raters.find((one) => one.own);
      return own === undefined ? standing(study) : `you have read ${own.read} of ${study.cases}`;
    },
  }),
  column.display({ id: 'created', header: 'Made', cell: ({ row }) => date(row.original.created_at) }),
  column.display({
    id: 'read',
    header: 'Reading',
    cell: ({ row: { original: study } }) =>
      study.reads && study.state === 'open' ? (
        <Link to="/reader-studies/$study/read" params={{ study: study.id }}>
          read<span className="visually-hidden">{` ${study.title}`}</span>
        </Link>
      ) : (
        <span className="dim">–</span>
      ),
  }),
];

export function StudyTable({ studies }: { studies: Study[] }) {
  return <DataTable caption="Reader studies, newest first" rows={studies} columns={columns} rowKey={({ id }) => id} />;
}
