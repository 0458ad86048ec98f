import { ENDED } from '@/api/jobs';
import { bytes, count, duration, plural } from '@/lib/format';
import { Clock } from '@/ui/Clock';
import { Tile } from '@/ui/Tile';
import { Tiles } from '@/ui/Tiles';
import { currentAttempt, retries, sitesIn, uploaded } from './model/figures';
import { names } from './model/steps';
import type { RunView } from './model/view';

const since = (from: string, until: number) => duration((until - Date.parse(from)) / 1000);

/** The tiles of a job with one step: how many sites are in, how far they are, and what left them. */
export function ExaminationTiles({ run }: { run: RunView }) {
  const { job, rounds } = run;
  const step = rounds.at(-1);
  const attempt = currentAttempt(step);
  const { delivered, all } = sitesIn(attempt);
  const again = retries(run);
  const working = attempt?.lanes.flatMap(({ progress }) => progress ?? []) ?? [];
  const done = working.reduce((sum, one) => sum + one.done, 0);
  const total = working.reduce((sum, one) => sum + one.total, 0);
  return (
    <Tiles label="Figures of this run">
      <Tile label="Step" value={step === undefined ? '–' : names(step).long} note={step === undefined ? 'begins when every site has signed' : again === 0 ? 'first attempt' : `${plural(again, 'attempt')} repeated`} />
      <Tile label="Sites in" value={all === 0 ? '–' : `${count(delivered)} of ${count(all)}`} note={total === 0 ? '' : `the others are through ${Math.round((done / total) * 100)} %`} />
      <Tile
        label={ENDED.has(job.state) ? 'Took' : 'Since it began'}
        value={job.started_at === null ? '–' : <Clock>{(now) => since(job.started_at ?? '', job.finished_at === null ? now : Date.parse(job.finished_at))}</Clock>}
        note={job.kind === 'audit' ? 'an attack takes minutes to hours' : ''}
      />
      <Tile label="Up from each site" value={bytes(uploaded(run).all)} note="masked integers, which only the sum opens" />
    </Tiles>
  );
}
