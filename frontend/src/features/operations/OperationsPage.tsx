import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { operationsQuery, serviceQuery } from '@/api/services';
import { serviceState } from '@/lib/states';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';
import { StateChip } from '@/ui/StateChip';
import { OperationsBody } from './OperationsBody';
import { sinceOpen } from './span';

interface Props {
  id: string;
  tables: string[];
  onTables: (shown: string[]) => void;
}

export function OperationsPage({ id, tables, onTables }: Props) {
  const service = useQuery(serviceQuery(id));
  const operations = useQuery(operationsQuery(id));
  const { data } = service;
  return (
    <Page
      title={data === undefined ? 'Operations' : `Operations of ${data.title}`}
      chips={data && <StateChip look={serviceState(data.state)} />}
      actions={
        <Button renderRoot={(props) => <Link to="/services/$service" params={{ service: id }} {...props} />}>The service</Button>
      }
      sub="The last 24 hours, in counts and times. Nothing here tells who asked, of which image, or what was answered."
    >
      <Async what="this service" query={service}>
        {(detail) =>
          detail.opened_at === null ? (
            <Empty title="It has not been open yet" action={<Link to="/services/$service" params={{ service: id }}>To its page</Link>}>
              Numbers come with the first diagnosis.
            </Empty>
          ) : (
            <Async what="its operations" query={operations} lines={10}>
              {(found) => <OperationsBody service={detail} operations={sinceOpen(found, detail.opened_at ?? found.since)} tables={tables} onTables={onTables} />}
            </Async>
          )
        }
      </Async>
    </Page>
  );
}
