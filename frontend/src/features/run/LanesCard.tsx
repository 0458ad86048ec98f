import { useElementSize } from '@mantine/hooks';
import { ENDED } from '@/api/jobs';
import { useNow } from '@/lib/now';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { LinkButton } from '@/ui/LinkButton';
import { Notice } from '@/ui/Notice';
import { LaneAxis } from './LaneAxis';
import { LaneRow } from './LaneRow';
import styles from './LanesCard.module.css';
import { extent } from './model/lanes';
import { names } from './model/steps';
import type { RunView } from './model/view';
import { PhaseLegend } from './PhaseLegend';
import type { SiteBook } from './siteBook';

interface Props {
  run: RunView;
  step: number | undefined;
  attempt: number | undefined;
  book: SiteBook;
  onAttempt: (attempt: number) => void;
}

/** One attempt at one step: what each site does, side by side on one clock. */
export function LanesCard({ run, step, attempt, book, onAttempt }: Props) {
  const now = useNow();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const round = run.rounds.find(({ number }) => number === step);
  const shown = round?.attempts.find(({ number }) => number === attempt) ?? round?.attempts.at(-1);
  if (round === undefined || shown === undefined) {
    return (
      <Card title="Sites">
        <Empty title="No round has begun">{run.job.state === 'awaiting_approval' ? 'The job starts when every site has signed its plan.' : 'The lanes appear with the first step.'}</Empty>
      </Card>
    );
  }
  const { start, end, open } = extent(shown, ENDED.has(run.job.state), now);
  return (
    <Card
      title={`${names(round).long}, attempt ${shown.number}`}
      actions={
        round.attempts.length > 1 &&
        round.attempts.map(({ number, state }) => (
          <LinkButton key={number} pressed={number === shown.number} onClick={() => onAttempt(number)}>
            {`attempt ${number}${state === 'failed' ? ', failed' : ''}`}
          </LinkButton>
        ))
      }
    >
      {shown.failure !== null && (
        <Notice tone="warn" title={`This attempt failed${shown.failure.site === null ? '' : ` at ${book(shown.failure.site).name}`}${shown.failure.phase === null ? '' : `, while ${shown.failure.phase}`}`}>
          {shown.failure.reason}
        </Notice>
      )}
      <div className={styles.lanes}>
        <div className={styles.axis}>
          <div ref={ref}>
            <LaneAxis seconds={(end - start) / 1000} width={width} />
          </div>
        </div>
        {shown.lanes.map((lane) => (
          <LaneRow key={lane.site} lane={lane} site={book(lane.site)} start={start} end={end} width={width} silentSince={open ? run.silentSince[lane.site] : undefined} open={open} kind={round.kind} />
        ))}
      </div>
      <PhaseLegend />
    </Card>
  );
}
