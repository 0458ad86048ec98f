import type { JobSettings } from '@/api/types';
import { dayTime, plural } from '@/lib/format';
import { networkName } from '@/lib/networks';
import { Clock } from '@/ui/Clock';
import { Hash } from '@/ui/Hash';
import { Examined } from './Examined';
import type { RunView } from './model/view';

const STRATEGIES: Record<JobSettings['strategy']['name'], string> = { fedavg: 'FedAvg weighted by samples', fedsgd: 'FedSGD', fedprox: 'FedProx' };

export function RunSummary({ view: { job, approvals } }: { view: RunView }) {
  const signed = Object.values(approvals).filter(({ decision }) => decision === 'approve').length;
  const { model, strategy, data } = job.settings;
  return (
    <>
      {job.model === null ? `${networkName(model.name)}, ${STRATEGIES[strategy.name]}, ${data.image_size} px` : <Examined job={job} model={job.model} />}
      {job.plan_hash !== null && (
        <>
          {' · plan '}
          <Hash value={job.plan_hash} />, signed by {signed} of {plural(job.roster.length, 'site')}
        </>
      )}
      {' · '}
      <Clock>{(now) => (job.started_at === null ? `created ${dayTime(job.created_at, now)}` : `started ${dayTime(job.started_at, now)}`)}</Clock>
      {` by ${job.created_by}`}
    </>
  );
}
