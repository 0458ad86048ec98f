import { ENDED } from '@/api/jobs';
import { bytes, count, duration, durationRange, interval, metric, plural } from '@/lib/format';
import { Tile } from '@/ui/Tile';
import { Tiles } from '@/ui/Tiles';
import { currentAttempt, retries, saturatedValues, secondsLeft, sitesIn, trainingRounds, uploaded } from './model/figures';
import { budgetEnd } from './model/budget';
import type { RunView } from './model/view';

export function RunTiles({ run }: { run: RunView }) {
  const { job } = run;
  const ended = ENDED.has(job.state);
  const open = run.rounds.find(({ state }) => state === 'open');
  const round = ended ? job.rounds_done : (open?.round ?? Math.max(job.rounds_done, trainingRounds(run).length));
  const { delivered, all } = sitesIn(currentAttempt(open));
  const left = secondsLeft(run);
  const sent = uploaded(run);
  const clipped = saturatedValues(run);
  const again = retries(run);
  const refused = budgetEnd(run) !== null;
  return (
    <Tiles label="Figures of this run">
      <Tile
        label={ended ? 'Rounds done' : 'Round'}
        value={`${count(round)} of ${count(job.rounds_total)}`}
        note={refused ? 'ended: budget' : open === undefined ? (again === 0 ? 'none was repeated' : `${plural(again, 'attempt')} repeated`) : `${delivered} of ${plural(all, 'site')} in`}
      />
      <Tile
        label="Best MCC, validation"
        value={metric(job.best?.mcc)}
        note={job.best === null ? `chosen from round ${job.settings.selection.first_round} on` : `round ${job.best.round}, ${interval(job.best.low, job.best.high)}`}
      />
      {ended ? (
        <Tile label="Took" value={job.started_at === null || job.finished_at === null ? '–' : duration((Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000)} note={again === 0 ? '' : `with ${plural(again, 'repeated attempt')}`} />
      ) : (
        <Tile
          label="Left to go"
          value={left === null ? '–' : left.high === 0 ? 'evaluation' : durationRange(left.low, left.high)}
          note={left === null ? 'known after the first round' : left.high === 0 ? 'all rounds are done' : `from ${plural(left.rounds, 'round')} of this run`}
        />
      )}
      <Tile label="Values clipped" value={count(clipped)} note={clipped === 0 ? 'every update went in whole' : 'beyond the agreed bound'} />
      <Tile label="Up from each site" value={bytes(sent.all)} note={sent.round === null ? '' : `${bytes(sent.round)} a round`} />
    </Tiles>
  );
}
