import { Link } from '@tanstack/react-router';
import { createColumnHelper } from '@tanstack/react-table';
import type { Federation } from '@/api/types';
import { count, plural } from '@/lib/format';
import { Chip } from '@/ui/Chip';
import { DataTable } from '@/ui/DataTable';

const column = createColumnHelper<Federation>();

const present = ({ sites }: Federation) => sites.filter(({ online }) => online).length;

const columns = [
  column.display({
    id: 'name',
    header: 'Federation',
    meta: { wide: true },
    cell: ({ row: { original } }) => (
      <Link to="/federations/$federation" params={{ federation: original.id }}>
        {original.name}
      </Link>
    ),
  }),
  column.display({
    id: 'sites',
    header: 'Sites present',
    cell: ({ row: { original } }) => (
      <Chip tone={present(original) >= original.min_survivors ? 'ok' : 'warn'}>
        {`${count(present(original))} of ${count(original.sites.length)}`}
      </Chip>
    ),
  }),
  column.display({
    id: 'minimum',
    header: 'A sum needs at least',
    cell: ({ row: { original } }) => plural(original.min_survivors, 'site'),
  }),
  column.display({ id: 'roles', header: 'You are', cell: ({ row: { original } }) => original.roles.join(', ').replaceAll('_', ' ') }),
  column.display({
    id: 'jobs',
    header: 'Jobs',
    cell: ({ row: { original } }) => (
      <Link to="/jobs" search={{ federation: original.id }}>
        show
      </Link>
    ),
  }),
];

export function FederationTable({ federations }: { federations: Federation[] }) {
  return <DataTable caption="Federations" rows={federations} columns={columns} rowKey={({ id }) => id} />;
}
