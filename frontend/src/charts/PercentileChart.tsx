import { useElementSize } from '@mantine/hooks';
import { scaleLog } from 'd3-scale';
import { type KeyboardEvent, useState } from 'react';
import { stepTime } from '@/lib/format';
import { PercentileRow } from './PercentileRow';
import styles from './chart.module.css';

export interface Percentiles {
  id: string;
  label: string;
  n: number;
  p50: number;
  p90: number;
  p99: number;
}

interface Props {
  label: string;
  rows: Percentiles[];
}

const ROW = 36;
const TOP = 8;
const FOOT = 26;
const LEFT = 214;
const RIGHT = 18;
const SMALLEST_S = 0.0005;

const words = ({ label, n, p50, p90, p99 }: Percentiles) => `${label}: half within ${stepTime(p50)}, nine in ten within ${stepTime(p90)}, all but one in a hundred within ${stepTime(p99)}, of ${n}`;

/** Seconds by step on a logarithmic axis: from half of all, over nine in ten, to all but one in a hundred. */
export function PercentileChart({ label, rows }: Props) {
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<number | null>(null);
  const width = measured > 0 ? measured : 640;
  const height = TOP + rows.length * ROW + FOOT;
  const largest = Math.max(0.1, ...rows.map(({ p99 }) => p99));
  const smallest = Math.max(SMALLEST_S, Math.min(0.01, ...rows.map(({ p50 }) => p50)));
  const x = scaleLog([smallest / 1.4, largest * 1.4], [LEFT, width - RIGHT]).clamp(true);
  const ticks = [0.001, 0.01, 0.1, 1, 10, 100].filter((tick) => tick >= smallest / 1.4 && tick <= largest * 1.4);
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
      aria-label={`${label}; arrow keys move along the steps`}
      aria-valuemin={1}
      aria-valuemax={rows.length}
      aria-valuenow={(cursor ?? 0) + 1}
      aria-valuetext={shown === undefined ? 'no step chosen' : words(shown)}
      onKeyDown={onKeyDown}
      onBlur={() => setCursor(null)}
    >
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" onPointerLeave={() => setCursor(null)}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={TOP} y2={height - FOOT} className={styles.grid} />
            <text x={x(tick)} y={height - 8} textAnchor="middle" className={styles.tick}>
              {stepTime(tick)}
            </text>
          </g>
        ))}
        {rows.map((row, index) => (
          <PercentileRow key={row.id} row={row} x={x} top={TOP + index * ROW} height={ROW} width={width} chosen={index === cursor} onChosen={() => setCursor(index)} />
        ))}
      </svg>
    </div>
  );
}
