import { Link } from '@tanstack/react-router';
import { createColumnHelper } from '@tanstack/react-table';
import type { AttackAudit } from '@/api/evidence';
import { dayTime } from '@/lib/format';
import { verdictLook } from '@/lib/states';
import { Clock } from '@/ui/Clock';
import { DataTable } from '@/ui/DataTable';
import { StateChip } from '@/ui/StateChip';

const column = createColumnHelper<AttackAudit>();

const columns = [
  column.display({
    id: 'model',
    header: 'Model',
    meta: { wide: true },
    cell: ({ row: { original: one } }) => (
      <>
        <Link to="/attack-audits/$audit" params={{ audit: one.id }}>
          {one.model.name}, version {one.model.number}
        </Link>
        <div className="dim">{one.federation.name}</div>
      </>
    ),
  }),
  column.display({ id: 'verdict', header: 'Verdict', cell: ({ row }) => <StateChip look={verdictLook(row.original.verdict)} /> }),
  column.display({
    id: 'views',
    header: 'Attacked',
    cell: ({ row: { original: one } }) => (
      <>
        {one.views.map((view) => view.replaceAll('_', ' ')).join(', ')}
        <div className="dim">{one.made}</div>
      </>
    ),
  }),
  column.display({ id: 'created', header: 'Made', cell: ({ row }) => <Clock>{(now) => dayTime(row.original.created_at, now)}</Clock> }),
];

export function AuditTable({ audits }: { audits: AttackAudit[] }) {
  return <DataTable caption="Attack audits, newest first" rows={audits} columns={columns} rowKey={({ id }) => id} />;
}
