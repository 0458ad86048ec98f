import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type EvidenceFilter, evaluationsQuery } from '@/api/evidence';
import { isFiltered } from '@/lib/search';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { EvaluationTable } from './EvaluationTable';

export function EvaluationsCard({ filter }: { filter: EvidenceFilter }) {
  const evaluations = useInfiniteQuery(evaluationsQuery(filter));
  return (
    <Card
      title="Evaluations"
      actions={
        <Link to="/evaluations/new" search={{ ...(filter.model !== undefined && { model: filter.model }) }}>
          Evaluate a model at the sites
        </Link>
      }
    >
      <Async
        what="evaluations"
        query={evaluations}
        lines={4}
        empty={({ pages }) =>
          pages.every(({ results }) => results.length === 0) && (
            <Empty title={isFiltered(filter) ? 'No evaluation fits this filter' : 'No evaluations yet'}>Sites count a model’s answers on their own test images; only sums over all sites are opened.</Empty>
          )
        }
      >
        {({ pages }) => <EvaluationTable evaluations={pages.flatMap(({ results }) => results)} />}
      </Async>
      {evaluations.hasNextPage && (
        <Button loading={evaluations.isFetchingNextPage} onClick={() => void evaluations.fetchNextPage()}>
          Older evaluations
        </Button>
      )}
    </Card>
  );
}
