import { Link } from '@tanstack/react-router';
import { createColumnHelper } from '@tanstack/react-table';
import type { Service } from '@/api/types';
import { count, date } from '@/lib/format';
import { policyName, protocolWords } from '@/lib/protocols';
import { serviceState } from '@/lib/states';
import { DataTable } from '@/ui/DataTable';
import { StateChip } from '@/ui/StateChip';
import { StockBar } from './StockBar';

const column = createColumnHelper<Service>();

const columns = [
  column.display({
    id: 'title',
    header: 'Service',
    meta: { wide: true },
    cell: ({ row: { original: service } }) => (
      <>
        <Link to="/services/$service" params={{ service: service.id }}>
          {service.title}
        </Link>
        <div className="dim">{service.failure?.message ?? `${service.model.name}, version ${service.model.number}`}</div>
      </>
    ),
  }),
  column.display({ id: 'state', header: 'State', cell: ({ row }) => <StateChip look={serviceState(row.original.state)} /> }),
  column.display({
    id: 'answer',
    header: 'Answer',
    cell: ({ row: { original: service } }) => (
      <>
        {policyName(service.policy)}
        <div className="dim">{protocolWords(service.protocol).name}</div>
      </>
    ),
  }),
  column.display({
    id: 'stock',
    header: 'Stock',
    cell: ({ row: { original: service } }) => (service.state === 'open' ? <StockBar stock={service.stock} /> : <span className="dim">–</span>),
  }),
  column.display({
    id: 'waiting',
    header: 'Waiting',
    meta: { number: true },
    cell: ({ row: { original: service } }) => (service.state === 'open' ? count(service.waiting) : <span className="dim">–</span>),
  }),
  column.display({
    id: 'until',
    header: 'Offered until',
    cell: ({ row: { original: service } }) =>
      service.closed_at === null ? date(service.expires_at) : <span className="dim">closed {date(service.closed_at)}</span>,
  }),
  column.display({
    id: 'look',
    header: 'Operations',
    cell: ({ row: { original: service } }) =>
      service.opened_at === null ? (
        <span className="dim">–</span>
      ) : (
        <Link to="/services/$service/operations" params={{ service: service.id }}>
          show<span className="visually-hidden">{` operations of ${service.title}`}</span>
        </Link>
      ),
  }),
];

export function ServiceTable({ services }: { services: Service[] }) {
  return <DataTable caption="Services, newest first" rows={services} columns={columns} rowKey={({ id }) => id} />;
}
