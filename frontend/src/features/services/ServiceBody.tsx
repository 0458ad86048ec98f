import { isComing } from '@/api/services';
import type { ServiceDetail } from '@/api/types';
import { dateTime, sentence } from '@/lib/format';
import { roleWords } from '@/lib/roles';
import { AwayNodes } from '@/ui/AwayNodes';
import { FailurePanel } from '@/ui/FailurePanel';
import { Notice } from '@/ui/Notice';
import { DescriptorCard } from './DescriptorCard';
import { FactCards } from './FactCards';
import { LogCard } from './LogCard';
import { ServiceTiles } from './ServiceTiles';
import { phaseName } from './steps';
import { StepsCard } from './StepsCard';
import { TryAgain } from './TryAgain';
import { UseCard } from './UseCard';

/** Where a failed node is named: by its role and by who runs it. */
function where(service: ServiceDetail): string {
  const { node } = service.failure ?? { node: null };
  if (node === null) return 'at the hub';
  const found = Object.values(service.nodes).find(({ role, slug, id }) => [role, slug, id].includes(node as typeof role));
  return found === undefined ? node : `${roleWords(found.role).short}, ${found.name}`;
}

export function ServiceBody({ service }: { service: ServiceDetail }) {
  const { failure, state, opened_at: opened } = service;
  return (
    <>
      {failure !== null && (
        <FailurePanel title="This service was not published" where={where(service)} phase={phaseName(failure.phase)} why={sentence(failure.message)} next={failure.next_step || 'Mend what is named, then publish the model again.'}>
          <TryAgain service={service} />
        </FailurePanel>
      )}
      {state === 'closed' && (
        <Notice tone="plain" title={`Closed ${dateTime(service.closed_at)}`}>
          It takes no requests. What both parties signed, and the log of it, stay here.
        </Notice>
      )}
      {state === 'open' && <AwayNodes machines={Object.values(service.nodes)} />}
      {opened !== null && <ServiceTiles service={service} />}
      {opened === null && <StepsCard service={service} live={isComing(state)} />}
      {opened !== null && (
        <>
          <DescriptorCard service={service} />
          <LogCard service={service.id} />
        </>
      )}
      <FactCards service={service} />
      {state === 'open' && <UseCard service={service} />}
    </>
  );
}
