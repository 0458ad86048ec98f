import type { LiveState } from '@/api/live';
import { clock } from '@/lib/format';
import { Notice } from '@/ui/Notice';
import { Approvals } from './Approvals';
import { CurveCard } from './CurveCard';
import { EndedByBudget } from './EndedByBudget';
import { EventLog } from './EventLog';
import { ExaminationTiles } from './ExaminationTiles';
import { Found } from './Found';
import { JobFailure } from './JobFailure';
import { LanesCard } from './LanesCard';
import { budgetEnd } from './model/budget';
import type { RunView } from './model/view';
import { Results } from './Results';
import styles from './RunBody.module.css';
import { RunTiles } from './RunTiles';
import type { RunSearch } from './search';
import type { SiteBook } from './siteBook';
import { Timeline } from './Timeline';
import { VisibilityCard } from './VisibilityCard';

interface Props {
  run: RunView;
  live: LiveState | 'ended';
  book: SiteBook;
  view: RunSearch;
  onView: (change: RunSearch) => void;
}

export function RunBody({ run, live, book, view, onView }: Props) {
  const { job } = run;
  const lastTime = run.events.at(-1)?.time;
  const newest = run.rounds.at(-1)?.number;
  const step = view.step ?? newest;
  const refused = budgetEnd(run);
  const waits = job.state === 'draft' || job.state === 'awaiting_approval' || Object.values(run.approvals).some(({ decision }) => decision === 'refuse');
  return (
    <>
      {live === 'reconnecting' && (
        <Notice tone="warn" title="The connection is gone; trying again">
          {`You see the state of ${clock(lastTime)}. What happens meanwhile is replayed when the connection is back.`}
        </Notice>
      )}
      {live === 'forbidden' && (
        <Notice tone="warn" role="alert" title="You may no longer follow this job" actions={<a href={window.location.href}>Reload</a>}>
          Your session has ended or your membership has changed. What you see stays as it was at {clock(lastTime)}.
        </Notice>
      )}
      {job.failure !== null && <JobFailure failure={job.failure} book={book} />}
      {refused !== null && <EndedByBudget end={refused} study={job.settings.data.task} book={book} />}
      {waits && <Approvals run={run} book={book} />}
      {job.kind === 'train' ? <RunTiles run={run} /> : <ExaminationTiles run={run} />}
      <Found job={job} />
      {job.test !== null && <Results job={job} test={job.test} />}
      <div className={styles.columns}>
        <div className={styles.main}>
          <Timeline run={run} selected={step} onSelect={(number) => onView({ step: number === newest ? undefined : number, attempt: undefined })} />
          {job.kind === 'train' && <CurveCard run={run} book={book} view={view} onView={onView} />}
          <LanesCard run={run} step={step} book={book} attempt={view.attempt} onAttempt={(attempt) => onView({ attempt })} />
        </div>
        <div className={styles.side}>
          <VisibilityCard settings={job.settings} />
          <EventLog run={run} book={book} view={view} onView={onView} />
        </div>
      </div>
    </>
  );
}
