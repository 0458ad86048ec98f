import { scaleLinear, scaleSqrt } from 'd3-scale';
import type { Marker } from '@/lib/sites';

/** Rows of values with intervals, where each stands, and how it is said. */

export interface ForestRowData {
  id: string;
  label: string;
  /** Under the label: of how many. */
  of: string | null;
  value: number | null;
  low: number | null;
  high: number | null;
  colour?: string;
  marker?: Marker;
  /** Side or diameter of the mark, which may tell of how many the value is. */
  size?: number;
  /** Instead of a value: why there is none. */
  note?: string;
  /** Instead of value and interval, where the row says more than these. */
  text?: string;
  /** Further values on the line, hollow. */
  also?: { at: number; marker: Marker }[];
}

export interface ForestGroup {
  name: string | null;
  rows: ForestRowData[];
}

export const ROW = 36;
const HEAD = 26;

export function forestScale(domain: readonly [number, number], range: readonly [number, number], root: boolean) {
  return root ? scaleSqrt(domain, range).clamp(true) : scaleLinear(domain, range).clamp(true);
}

/** Each heading and row with the height at which it begins. */
export function layout(groups: readonly ForestGroup[], from: number) {
  const heads: { name: string; top: number }[] = [];
  const rows: { row: ForestRowData; group: string | null; top: number }[] = [];
  let top = from;
  for (const { name, rows: own } of groups) {
    if (name !== null) {
      heads.push({ name, top });
      top += HEAD;
    }
    for (const row of own) {
      rows.push({ row, group: name, top });
      top += ROW;
    }
  }
  return { heads, rows, height: top };
}

const MOVES: Record<string, (at: number | null, last: number) => number> = {
  ArrowDown: (at, last) => (at === null ? 0 : Math.min(last, at + 1)),
  ArrowUp: (at) => (at === null ? 0 : Math.max(0, at - 1)),
  Home: () => 0,
  End: (_, last) => last,
};

/** Where the cursor goes on a key; null for a key that moves nothing. */
export function moved(at: number | null, key: string, rows: number): number | null {
  return rows === 0 ? null : (MOVES[key]?.(at, rows - 1) ?? null);
}

type Write = (value: number) => string;

export function valueText({ value, low, high, note, text }: ForestRowData, format: Write): string {
  if (text !== undefined) return text;
  if (value === null) return note ?? 'not defined';
  return low === null || high === null ? format(value) : `${format(value)} [${format(low)}, ${format(high)}]`;
}

export function spoken(row: ForestRowData, group: string | null, format: Write): string {
  const of = row.of === null ? '' : `, ${row.of}`;
  return `${group === null ? '' : `${group}, `}${row.label}${of}: ${valueText(row, format)}`;
}

/** The side of a square whose area follows a share of the largest. */
export function sizeOf(n: number | null, largest: number): number {
  return n === null || largest === 0 ? 8 : 6 + 8 * Math.sqrt(n / largest);
}
