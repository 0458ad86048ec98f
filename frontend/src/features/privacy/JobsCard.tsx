import { createColumnHelper } from '@tanstack/react-table';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { LedgerEntry } from '@/api/types';
import { toCsv } from '@/lib/csv';
import { downloadText } from '@/lib/download';
import { count, dayTime, epsilon, smallChance } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Clock } from '@/ui/Clock';
import { DataTable } from '@/ui/DataTable';
import { LinkButton } from '@/ui/LinkButton';
import { SiteName } from '@/ui/SiteName';
import type { Looks } from './look';

interface Props {
  entries: LedgerEntry[];
  looks: Looks;
}

const column = createColumnHelper<LedgerEntry>();
const HEADER = ['reported', 'site', 'study', 'job', 'rounds', 'steps', 'epsilon of the job', 'delta', 'epsilon of the study', 'budget'];

/** The jobs that spent it, newest first, as each site has reported them. */
export function JobsCard({ entries, looks }: Props) {
  const rows = useMemo(() => entries.toSorted((a, b) => b.reported_at.localeCompare(a.reported_at) || a.site.name.localeCompare(b.site.name)), [entries]);
  const columns = useMemo(
    () => [
      column.display({
        id: 'site',
        header: 'Site and study',
        cell: ({ row: { original: one } }) => <SiteName name={one.site.name} colour={looks(one.federation.id, one.site.slug).colour} note={one.study} />,
      }),
      column.display({
        id: 'job',
        header: 'Job',
        meta: { wide: true },
        cell: ({ row: { original: one } }) => (
          <>
            <Link to="/jobs/$job" params={{ job: one.job }}>
              {one.job_title}
            </Link>
            <div className="dim">
              {one.mode}, per {one.unit}
            </div>
          </>
        ),
      }),
      column.display({ id: 'rounds', header: 'Rounds', meta: { number: true }, cell: ({ row }) => count(row.original.rounds) }),
      column.display({ id: 'steps', header: 'Noisy steps', meta: { number: true }, cell: ({ row }) => count(row.original.steps) }),
      column.display({ id: 'epsilon', header: 'ε of the job', meta: { number: true }, cell: ({ row }) => epsilon(row.original.epsilon) }),
      column.display({ id: 'delta', header: 'δ', meta: { number: true }, cell: ({ row }) => <span className="nowrap">{smallChance(row.original.delta)}</span> }),
      column.display({ id: 'cumulative', header: 'ε of the study after it', meta: { number: true }, cell: ({ row }) => epsilon(row.original.cumulative) }),
      column.display({
        id: 'reported',
        header: 'Reported',
        cell: ({ row: { original: one } }) => (
          <time dateTime={one.reported_at} className="nowrap">
            <Clock>{(now) => dayTime(one.reported_at, now)}</Clock>
          </time>
        ),
      }),
    ],
    [looks],
  );
  const save = () => {
    const cells = rows.map((one) => [one.reported_at, one.site.name, one.study, one.job_title, one.rounds, one.steps, one.epsilon, one.delta, one.cumulative, one.budget]);
    downloadText('privacy-ledger.csv', toCsv(HEADER, cells));
  };
  return (
    <Card
      title="Jobs that spent it"
      actions={
        <LinkButton label="Jobs that spent it as CSV" onClick={save}>
          CSV
        </LinkButton>
      }
    >
      <DataTable caption="Jobs that spent it, newest first" rows={rows} columns={columns} rowKey={({ id }) => id} />
    </Card>
  );
}
