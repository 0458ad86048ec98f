import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { isComing, serviceQuery } from '@/api/services';
import { policyName, protocolWords } from '@/lib/protocols';
import { serviceState } from '@/lib/states';
import { Async } from '@/ui/Async';
import { Chip } from '@/ui/Chip';
import { Page } from '@/ui/Page';
import { StateChip } from '@/ui/StateChip';
import { CloseService } from './CloseService';
import { ServiceBody } from './ServiceBody';

export function ServicePage({ id }: { id: string }) {
  const service = useQuery(serviceQuery(id));
  const { data } = service;
  return (
    <Page
      title={data?.title ?? 'Service'}
      chips={
        data && (
          <>
            <StateChip look={serviceState(data.state)} />
            <Chip>{policyName(data.policy).toLowerCase()}</Chip>
          </>
        )
      }
      actions={
        data && (
          <>
            {isComing(data.state) && (
              <span className="dim" role="status">
                this page follows by itself
              </span>
            )}
            {data.opened_at !== null && (
              <Button renderRoot={(props) => <Link to="/services/$service/operations" params={{ service: id }} {...props} />}>Operations</Button>
            )}
            {data.state === 'open' && (
              <Button variant="filled" renderRoot={(props) => <Link to="/diagnose/$service" params={{ service: id }} {...props} />}>
                Ask it
              </Button>
            )}
            <CloseService service={data} />
          </>
        )
      }
      sub={
        data && (
          <>
            <Link to="/models/$model" params={{ model: data.model.id }}>
              {data.model.name}, version {data.model.number}
            </Link>{' '}
            · {protocolWords(data.protocol).name.toLowerCase()}, {data.profile} · {data.federation.name}
          </>
        )
      }
    >
      <Async what="this service" query={service} lines={10}>
        {(detail) => <ServiceBody service={detail} />}
      </Async>
    </Page>
  );
}
