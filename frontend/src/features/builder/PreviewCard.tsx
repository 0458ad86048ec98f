import { useQuery } from '@tanstack/react-query';
import { type NewJob, previewQuery } from '@/api/jobs';
import { whoSeesWhat } from '@/lib/visibility';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { VisibilityTable } from '@/ui/VisibilityTable';
import { Costs } from './Costs';

interface Props {
  job: NewJob;
  ready: boolean;
  epochs: boolean;
}

/** What the job will cost and who will see what, before anybody is asked. */
export function PreviewCard({ job, ready, epochs }: Props) {
  const preview = useQuery(previewQuery(job, ready));
  const { secure, min_survivors } = job.settings.aggregation;
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
      <Card title="Who can see what">
        <VisibilityTable rows={whoSeesWhat({ secure, minSurvivors: min_survivors, epochs })} />
      </Card>
    </>
  );
}
