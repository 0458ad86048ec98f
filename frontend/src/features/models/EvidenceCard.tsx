import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { attackAuditsQuery, evaluationsQuery } from '@/api/evidence';
import type { ModelDetail } from '@/api/types';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { EvidenceRows } from './EvidenceRows';
import styles from './ModelDetails.module.css';

interface Props {
  model: ModelDetail;
  mayAsk: boolean;
}

/** What has been found out about a model since it was made, and the ways to find out more. */
export function EvidenceCard({ model, mayAsk }: Props) {
  const evaluations = useInfiniteQuery(evaluationsQuery({ model: model.id }));
  const audits = useInfiniteQuery(attackAuditsQuery({ model: model.id }));
  return (
    <Card
      title="Evidence"
      actions={
        <Link to="/evidence" search={{ model: model.id }} className={styles.all}>
          all of it
        </Link>
      }
    >
      <Async what="its evaluations" query={evaluations} lines={2}>
        {({ pages }) => (
          <Async what="its attack audits" query={audits} lines={2}>
            {({ pages: found }) => <EvidenceRows evaluations={pages.flatMap(({ results }) => results)} audits={found.flatMap(({ results }) => results)} />}
          </Async>
        )}
      </Async>
      {mayAsk && (
        <div className={styles.ask}>
          <Button renderRoot={(props) => <Link to="/evaluations/new" search={{ model: model.id }} {...props} />}>Evaluate at the sites</Button>
          <Button renderRoot={(props) => <Link to="/attack-audits/new" search={{ model: model.id }} {...props} />}>Attack audit</Button>
        </div>
      )}
    </Card>
  );
}
