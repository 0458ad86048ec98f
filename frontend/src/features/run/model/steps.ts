import type { Round } from '@/api/types';
import { budgetEnd } from './budget';
import type { RunView } from './view';

/** The strip of steps: what has been opened, and what the plan still has before it. */

export interface Step {
  number: number;
  short: string;
  long: string;
  state: Round['state'] | 'planned';
  seconds: number | null;
  attempts: number;
}

const opened = (round: Round): Step => ({
  number: round.number,
  ...names(round),
  state: round.state,
  seconds: round.seconds,
  attempts: round.attempts.length,
});

const OTHERS = {
  statistics: { short: 'stats', long: 'Data statistics' },
  evaluate: { short: 'eval', long: 'Evaluation' },
  scores: { short: 'scores', long: 'Scores' },
  audit: { short: 'attack', long: 'Attack' },
} as const;

export function names({ kind, round }: Pick<Round, 'kind' | 'round'>): { short: string; long: string } {
  if (kind === 'train') return { short: String(round ?? ''), long: `Round ${round ?? ''}` };
  return OTHERS[kind];
}

const EVALUATIONS = 2;

export function stepsOf(run: RunView, ended: boolean): Step[] {
  const steps = run.rounds.map(opened);
  if (ended) return steps;
  const planned = (number: number, what: { short: string; long: string }): Step => ({ number, ...what, state: 'planned', seconds: null, attempts: 0 });
  if (run.job.kind !== 'train') return steps.length > 0 ? steps : [planned(1, OTHERS[run.job.kind === 'evaluate' ? 'scores' : 'audit'])];
  const done = run.rounds.filter(({ kind }) => kind === 'train').length;
  const evaluated = run.rounds.filter(({ kind }) => kind === 'evaluate').length;
  let number = (run.rounds.at(-1)?.number ?? -1) + 1;
  if (run.rounds.length === 0) steps.push(planned(number++, names({ kind: 'statistics', round: null })));
  if (evaluated === 0 && budgetEnd(run) === null) {
    for (let round = done + 1; round <= run.job.rounds_total; round += 1) steps.push(planned(number++, names({ kind: 'train', round })));
  }
  for (let left = EVALUATIONS - evaluated; left > 0; left -= 1) steps.push(planned(number++, names({ kind: 'evaluate', round: null })));
  return steps;
}
