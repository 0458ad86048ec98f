import { Link } from '@tanstack/react-router';
import { ENDED } from '@/api/jobs';
import type { Job } from '@/api/types';
import { Sparkline } from '@/charts/Sparkline';
import { ago, count, interval, metric } from '@/lib/format';
import { jobState } from '@/lib/states';
import { Clock } from '@/ui/Clock';
import { StateChip } from '@/ui/StateChip';
import styles from './RunningJobs.module.css';

const SHOWN = 8;

/** Jobs that go on come first, then the newest that have ended. */
export function RunningJobs({ jobs }: { jobs: Job[] }) {
  const order = [...jobs].sort((a, b) => Number(ENDED.has(a.state)) - Number(ENDED.has(b.state))).slice(0, SHOWN);
  return (
    <ul className={styles.list}>
      {order.map((job) => {
        const figures = job.test ?? job.best;
        return (
          <li key={job.id}>
            <div>
              <Link to="/jobs/$job" params={{ job: job.id }}>
                {job.title}
              </Link>
              <div className="dim">{job.federation.name}</div>
            </div>
            <StateChip look={jobState(job.state)} />
            <Sparkline label="Validation MCC" total={job.rounds_total} points={job.curve.map(({ round, mcc }) => ({ x: round, y: mcc }))} />
            <div className="nowrap">
              {figures === null ? '' : `MCC ${metric(figures.mcc)} `}
              <span className="dim">{figures === null ? '' : interval(figures.low, figures.high)}</span>
            </div>
            <div className="dim nowrap">
              round {count(job.rounds_done)} of {count(job.rounds_total)}
            </div>
            <div className="dim nowrap">
              <Clock>{(now) => ago(job.finished_at ?? job.started_at ?? job.created_at, now)}</Clock>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
