import { useQuery } from '@tanstack/react-query';
import { descriptorLogQuery } from '@/api/services';
import { plural } from '@/lib/format';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { Notice } from '@/ui/Notice';
import { LogTable } from './LogTable';
import { VerdictChip } from './VerdictChip';
import { logVerdictQuery } from './verification';

/** The service's append-only log, and what this browser makes of its chain of hashes. */
export function LogCard({ service }: { service: string }) {
  const log = useQuery(descriptorLogQuery(service));
  const verdict = useQuery({ ...logVerdictQuery(log.data ?? []), enabled: log.data !== undefined });
  return (
    <Card
      title="Descriptor log"
      actions={verdict.data && <VerdictChip verdict={verdict.data} good={`${plural(log.data?.length ?? 0, 'entry', 'entries')}, chain verified here`} />}
    >
      <Async what="the descriptor log" query={log} lines={3} empty={(rows) => rows.length === 0 && <Empty title="Nothing was logged" />}>
        {(rows) => (
          <>
            {verdict.data?.kind === 'broken' && (
              <Notice tone="bad" role="alert" title="This log was changed, or a part of it is missing">
                {verdict.data.why}
              </Notice>
            )}
            <LogTable entries={rows} />
          </>
        )}
      </Async>
    </Card>
  );
}
