import { createColumnHelper } from '@tanstack/react-table';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Reservation } from '@/api/types';
import { count } from '@/lib/format';
import { jobState } from '@/lib/states';
import { Card } from '@/ui/Card';
import { DataTable } from '@/ui/DataTable';
import { SiteName } from '@/ui/SiteName';
import { StateChip } from '@/ui/StateChip';
import type { Account } from './accounts';
import type { Looks } from './look';

interface Props {
  accounts: Account[];
  looks: Looks;
}

interface Row extends Reservation {
  account: Account;
}

const column = createColumnHelper<Row>();

/** The jobs that have not ended, and how much each may still spend at each site. */
export function ReservedCard({ accounts, looks }: Props) {
  const rows = useMemo(() => accounts.flatMap((account) => account.reservations.map((one) => ({ ...one, account }))), [accounts]);
  const columns = useMemo(
    () => [
      column.display({
        id: 'site',
        header: 'Site and study',
        cell: ({ row: { original: { account } } }) => <SiteName name={account.site.name} colour={looks(account.federation, account.site.slug).colour} note={account.study} />,
      }),
      column.display({
        id: 'job',
        header: 'Job',
        meta: { wide: true },
        cell: ({ row: { original: one } }) => (
          <Link to="/jobs/$job" params={{ job: one.job }}>
            {one.job_title}
          </Link>
        ),
      }),
      column.display({ id: 'state', header: 'State', cell: ({ row }) => <StateChip look={jobState(row.original.state)} /> }),
      column.display({ id: 'rounds', header: 'Rounds to come', meta: { number: true }, cell: ({ row }) => count(row.original.rounds) }),
      column.display({ id: 'steps', header: 'Noisy steps', meta: { number: true }, cell: ({ row }) => count(row.original.steps) }),
    ],
    [looks],
  );
  if (rows.length === 0) return null;
  return (
    <Card title="Reserved by jobs that have not ended">
      <DataTable caption="What each job that has not ended may still spend at each site" rows={rows} columns={columns} rowKey={({ job, account }) => `${job} ${account.id}`} />
    </Card>
  );
}
