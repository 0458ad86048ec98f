import type { UseQueryResult } from '@tanstack/react-query';
import type { NewJob } from '@/api/jobs';
import type { Preview } from '@/api/types';
import { whoSeesWhat } from '@/lib/visibility';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { VisibilityTable } from '@/ui/VisibilityTable';
import { Costs } from './Costs';
import { PromiseCard } from './PromiseCard';

interface Props {
  job: NewJob;
  preview: UseQueryResult<Preview>;
  ready: boolean;
  epochs: boolean;
  nameOf: (slug: string) => string;
}

/** What the job will cost and who will see what, before anybody is asked. */
export function PreviewCard({ job, preview, ready, epochs, nameOf }: Props) {
  const { secure, min_survivors } = job.settings.aggregation;
  const { privacy } = job.settings;
  return (
    <>
      <Card title="Cost">
        {ready || preview.data !== undefined ? (
          <Async what="the cost" query={preview}>
            {(costs) => <Costs preview={costs} secure={secure} />}
          </Async>
        ) : (
          <p className="dim">Mend the marked fields to see what the job costs.</p>
        )}
      </Card>
      {privacy !== undefined && preview.data?.privacy != null && <PromiseCard privacy={preview.data.privacy} nameOf={nameOf} />}
      <Card title="Who can see what">
        <VisibilityTable rows={whoSeesWhat({ secure, minSurvivors: min_survivors, epochs, noisy: privacy !== undefined })} />
      </Card>
    </>
  );
}
