import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { openServicesQuery } from '@/api/diagnoses';
import { sessionQuery } from '@/api/session';
import { useChosen } from '@/lib/chosen';
import { Async } from '@/ui/Async';
import { Empty } from '@/ui/Empty';
import { Notice } from '@/ui/Notice';
import { Page } from '@/ui/Page';
import { AbilityNotice } from './AbilityNotice';
import { BatchForm } from './BatchForm';
import { BatchList } from './BatchList';
import { BatchResults } from './BatchResults';
import { useBatchSending } from './useBatchSending';

interface Props {
  service: string | undefined;
  batch: string | undefined;
  onService: (id: string) => void;
  onBatch: (id: string | undefined) => void;
}

/** A folder of pictures as one job. Each picture is a request of its own, with a key of its own. */
export function BatchPage({ service, batch, onService, onBatch }: Props) {
  const services = useQuery(openServicesQuery);
  const session = useQuery(sessionQuery);
  const user = session.data?.user?.username ?? '';
  const sending = useBatchSending(user);
  const chosen = useChosen(services.data ?? [], service);
  return (
    <Page title="Many pictures at once" sub="A folder of X-rays, each split and sealed by this browser; answers are opened here as they come." actions={<Link to="/diagnose">All services</Link>}>
      <AbilityNotice />
      {batch !== undefined ? (
        <BatchResults id={batch} user={user} sending={sending} onAnother={() => onBatch(undefined)} />
      ) : (
        <>
          {sending.busy ? (
            <Notice tone="plain" role="status" title="A batch is being sent" actions={<Button onClick={() => onBatch(sending.batch ?? undefined)}>See it</Button>}>
              Another one can begin when it is done or stopped.
            </Notice>
          ) : (
            <Async what="services" query={services} lines={6} empty={(rows) => rows.length === 0 && <Empty title="No service is open to you">A federation that you belong to has to publish one first.</Empty>}>
              {(rows) => chosen !== undefined && <BatchForm key={chosen.id} services={rows} chosen={chosen.id} onService={onService} onStart={(checked, files, terms) => sending.start(checked, files, terms, onBatch)} />}
            </Async>
          )}
          <BatchList onOpen={onBatch} />
        </>
      )}
    </Page>
  );
}
