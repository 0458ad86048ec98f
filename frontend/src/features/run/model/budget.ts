import { number, text } from '@/lib/read';
import type { RunView } from './view';

/** Where a site's privacy budget has ended a run. */
export interface BudgetEnd {
  site: string;
  /** How many rounds were done before it would not take part in another. */
  rounds: number | null;
  reason: string | null;
}

export function budgetEnd({ events }: Pick<RunView, 'events'>): BudgetEnd | null {
  const event = events.find(({ kind }) => kind === 'budget.reached');
  if (event === undefined) return null;
  return { site: event.site ?? '', rounds: number(event.payload, 'rounds_done'), reason: text(event.payload, 'reason') };
}
