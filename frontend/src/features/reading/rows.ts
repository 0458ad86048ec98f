import type { OwnReading, WorkItem } from '@/api/readings';
import type { Waiting } from './desk';

/** What the platform took from this page, by case. Its list may be behind that for a moment. */
export type Taken = ReadonlyMap<string, OwnReading>;

/** The reader's cases with what was said of them last, whether the platform has it yet or not. */

export interface Row {
  readonly case: string;
  readonly position: number;
  readonly said: { readonly id: string; readonly label: string; readonly confidence: number | null } | null;
}

export function rowsOf(items: readonly WorkItem[], waiting: readonly Waiting[], taken: Taken): Row[] {
  const latest = new Map(waiting.filter(({ refused }) => refused === null).map((one) => [one.case, one]));
  return items.map((item) => ({ case: item.case, position: item.position, said: latest.get(item.case) ?? later(taken.get(item.case), item.reading) }));
}

function later(taken: OwnReading | undefined, listed: OwnReading | null): OwnReading | null {
  return taken === undefined || (listed !== null && listed.revision >= taken.revision) ? listed : taken;
}

export const readCount = (rows: readonly Row[]) => rows.filter(({ said }) => said !== null).length;

/** The first case that is not read, has its picture here, and was not put off; then one that was put off. */
export function nextRow(rows: readonly Row[], has: (of: string) => boolean, putOff: ReadonlySet<string>): Row | null {
  const open = rows.filter((row) => row.said === null && has(row.case));
  return open.find((row) => !putOff.has(row.case)) ?? open[0] ?? null;
}

/** The case before this one in the reader's order that has been read, to look at it again. */
export function rowBefore(rows: readonly Row[], position: number, has: (of: string) => boolean): Row | null {
  return rows.filter((row) => row.position < position && row.said !== null && has(row.case)).at(-1) ?? null;
}
