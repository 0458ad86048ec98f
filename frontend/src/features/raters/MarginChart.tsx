import { useElementSize } from '@mantine/hooks';
import { scaleLinear } from 'd3-scale';
import { type KeyboardEvent, useState } from 'react';
import type { Comparison, Figure } from '@/api/readings';
import styles from './Charts.module.css';
import { MarginRow } from './MarginRow';
import { points, type Verdict } from './pairs';
import { raterStyle } from './raterStyle';

export interface Compared {
  name: string;
  difference: Figure;
  verdict: Verdict | null;
}

interface Props {
  comparison: Comparison;
  rows: Compared[];
  margin: number | null;
  against: string;
}

const ROW = 44;
const TOP = 26;
const FOOT = 30;
const LEFT = 128;
const RIGHT = 116;

const words = ({ name, difference: { value, low, high }, verdict }: Compared) => `${name}: ${points(value)}, from ${points(low)} to ${points(high)}${verdict === null ? '' : `, ${verdict}`}`;

/** The bounds of the axis: everything that is drawn, and a little more, alike on both sides of nothing. */
function reach(rows: Compared[], margin: number | null): number {
  const ends = rows.flatMap(({ difference: { low, high } }) => [Math.abs(low ?? 0), Math.abs(high ?? 0)]);
  return Math.min(1, Math.max(0.05, margin ?? 0, ...ends) * 1.12);
}

/** Differences with their intervals against the margin, one rater a line. */
export function MarginChart({ comparison, rows, margin, against }: Props) {
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<number | null>(null);
  const width = measured > 0 ? measured : 560;
  const height = TOP + rows.length * ROW + FOOT;
  const far = reach(rows, margin);
  const x = scaleLinear([-far, far], [LEFT, width - RIGHT]);
  const shown = cursor === null ? undefined : rows[cursor];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setCursor(null);
    const way = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (way === 0) return;
    event.preventDefault();
    setCursor(cursor === null ? 0 : Math.min(rows.length - 1, Math.max(0, cursor + way)));
  };
  return (
    <div
      ref={ref}
      className={styles.frame}
      tabIndex={0}
      role="slider"
      aria-orientation="vertical"
      aria-label={`Difference in accuracy against ${against}; arrow keys move along the raters`}
      aria-valuemin={1}
      aria-valuemax={Math.max(1, rows.length)}
      aria-valuenow={(cursor ?? 0) + 1}
      aria-valuetext={shown === undefined ? 'no rater chosen' : words(shown)}
      onKeyDown={onKeyDown}
      onBlur={() => setCursor(null)}
    >
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {margin !== null && <rect x={LEFT} y={TOP - 4} width={Math.max(0, x(-margin) - LEFT)} height={rows.length * ROW + 8} className={styles.beyond} />}
        {x.ticks(5).map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={TOP - 4} y2={height - FOOT + 4} className={tick === 0 ? styles.zero : styles.grid} />
            <text x={x(tick)} y={height - 10} textAnchor="middle" className={styles.tick}>
              {points(tick).replace('.0 pp', '')}
            </text>
          </g>
        ))}
        {margin !== null && (
          <>
            <line x1={x(-margin)} x2={x(-margin)} y1={TOP - 8} y2={height - FOOT + 4} className={styles.margin} />
            <text x={x(-margin)} y={TOP - 12} textAnchor="middle" className={styles.marginText}>
              margin {points(-margin)}
            </text>
          </>
        )}
        {rows.map((row, index) => (
          <MarginRow key={row.name} row={row} style={raterStyle(comparison, row.name)} x={x} y={TOP + index * ROW + ROW / 2} right={width - RIGHT} chosen={index === cursor} />
        ))}
      </svg>
    </div>
  );
}
