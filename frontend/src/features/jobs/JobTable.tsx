import { Link } from '@tanstack/react-router';
import { createColumnHelper } from '@tanstack/react-table';
import type { Job } from '@/api/types';
import { Sparkline } from '@/charts/Sparkline';
import { count, dayTime, interval, metric } from '@/lib/format';
import { jobState } from '@/lib/states';
import { DataTable } from '@/ui/DataTable';
import { StateChip } from '@/ui/StateChip';
import { Clock } from '@/ui/Clock';

const column = createColumnHelper<Job>();

const KINDS = { train: '', evaluate: 'evaluation, ', audit: 'attack audit, ' };

const columns = [
  column.display({
    id: 'title',
    header: 'Job',
    meta: { wide: true },
    cell: ({ row: { original: job } }) => (
      <>
        <Link to="/jobs/$job" params={{ job: job.id }}>
          {job.title}
        </Link>
        <div className="dim">{job.failure?.reason ?? `${KINDS[job.kind]}${job.federation.name}`}</div>
      </>
    ),
  }),
  column.display({ id: 'state', header: 'State', cell: ({ row }) => <StateChip look={jobState(row.original.state)} /> }),
  column.display({
    id: 'rounds',
    header: 'Rounds',
    meta: { number: true },
    cell: ({ row: { original: job } }) => `${count(job.rounds_done)} of ${count(job.rounds_total)}`,
  }),
  column.display({
    id: 'curve',
    header: 'Validation MCC',
    cell: ({ row: { original: job } }) => (
      <Sparkline label="Validation MCC" total={job.rounds_total} points={job.curve.map(({ round, mcc }) => ({ x: round, y: mcc }))} />
    ),
  }),
  column.display({
    id: 'result',
    header: 'Best, or test',
    meta: { number: true },
    cell: ({ row: { original: job } }) => {
      const figures = job.test ?? job.best;
      if (figures === null) return <span className="dim">–</span>;
      return (
        <>
          {metric(figures.mcc)} <span className="dim">{interval(figures.low, figures.high)}</span>
          <div className="dim">{job.test === null ? `round ${job.best?.round ?? ''}` : 'on test images'}</div>
        </>
      );
    },
  }),
  column.display({
    id: 'created',
    header: 'Created',
    cell: ({ row: { original: job } }) => (
      <>
        <Clock>{(now) => dayTime(job.created_at, now)}</Clock>
        <div className="dim">{job.created_by}</div>
      </>
    ),
  }),
];

export function JobTable({ jobs }: { jobs: Job[] }) {
  return <DataTable caption="Jobs, newest first" rows={jobs} columns={columns} rowKey={({ id }) => id} />;
}
