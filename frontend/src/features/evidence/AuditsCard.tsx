import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { attackAuditsQuery, type EvidenceFilter } from '@/api/evidence';
import { isFiltered } from '@/lib/search';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { AuditTable } from './AuditTable';

export function AuditsCard({ filter }: { filter: EvidenceFilter }) {
  const audits = useInfiniteQuery(attackAuditsQuery(filter));
  return (
    <Card
      title="Attack audits"
      actions={
        <Link to="/attack-audits/new" search={{ ...(filter.model !== undefined && { model: filter.model }) }}>
          Audit a model
        </Link>
      }
    >
      <Async
        what="attack audits"
        query={audits}
        lines={3}
        empty={({ pages }) =>
          pages.every(({ results }) => results.length === 0) && (
            <Empty title={isFiltered(filter) ? 'No audit fits this filter' : 'No attack audits yet'}>An audit attacks what sites send, beside controls that show whether the attack works at all.</Empty>
          )
        }
      >
        {({ pages }) => <AuditTable audits={pages.flatMap(({ results }) => results)} />}
      </Async>
      {audits.hasNextPage && (
        <Button loading={audits.isFetchingNextPage} onClick={() => void audits.fetchNextPage()}>
          Older audits
        </Button>
      )}
    </Card>
  );
}
