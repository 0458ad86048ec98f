import { useQuery } from '@tanstack/react-query';
import { examinationPreviewQuery, type NewExamination } from '@/api/evidence';
import { bytes, count, durationRange, plural } from '@/lib/format';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { Facts } from '@/ui/Facts';
import { Notice } from '@/ui/Notice';

const NOTHING: NewExamination = { federation: '', title: '', kind: 'audit', model: '', settings: { aggregation: { min_survivors: 0 }, audit: {} } };

/** What the job costs a site, before anybody is asked. */
export function CostCard({ job }: { job: NewExamination | null }) {
  const preview = useQuery(examinationPreviewQuery(job ?? NOTHING, job !== null));
  if (job === null && preview.data === undefined) {
    return (
      <Card title="Cost">
        <p className="dim">Mend the marked fields to see what the job costs.</p>
      </Card>
    );
  }
  return (
    <Card title="Cost">
      <Async what="the cost" query={preview}>
        {({ sites, upload_bytes_round: up, download_bytes_round: down, seconds_round: seconds, dropouts_tolerated: dropouts, warnings }) => (
          <>
            <Facts
              facts={[
                { name: 'Sites', value: count(sites) },
                { name: 'Up from each site', value: bytes(up) },
                { name: 'Down to each site', value: bytes(down) },
                { name: 'Time', value: seconds === null ? 'known after the first job of this kind' : durationRange(seconds.low, seconds.high) },
                { name: 'Dropouts borne', value: dropouts === 0 ? 'none: it waits for every site' : plural(dropouts, 'site') },
              ]}
            />
            {warnings.map((warning) => (
              <Notice key={warning} tone="warn" title={warning} />
            ))}
          </>
        )}
      </Async>
    </Card>
  );
}
