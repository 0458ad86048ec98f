import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { DiagnosisError } from '@/diagnosis/errors';
import { Async } from '@/ui/Async';
import { Page } from '@/ui/Page';
import { AbilityNotice } from './AbilityNotice';
import { AskBody } from './AskBody';
import { checkedServiceQuery } from './checkedService';
import { TroubleCard } from './TroubleCard';
import { troubleOf } from './trouble';

/** One service: what it does to a picture, whether it can be trusted, and the picture's way into it. */
export function AskPage({ id, onSent }: { id: string; onSent: (diagnosis: string) => void }) {
  const service = useQuery(checkedServiceQuery(id));
  const descriptor = service.data?.descriptor;
  return (
    <Page title={descriptor?.name ?? 'Service'} sub={descriptor?.intendedUse} actions={<Link to="/diagnose">All services</Link>}>
      <AbilityNotice />
      {service.error instanceof DiagnosisError ? (
        <TroubleCard trouble={troubleOf(service.error)} actions={<Link to="/diagnose">All services</Link>} />
      ) : (
        <Async what="this service" query={service} lines={10}>
          {(checked) => <AskBody service={checked} onSent={onSent} />}
        </Async>
      )}
    </Page>
  );
}
