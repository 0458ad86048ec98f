import { useElementSize } from '@mantine/hooks';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { type KeyboardEvent, useState } from 'react';
import type { Comparison } from '@/api/readings';
import { percent } from '@/lib/format';
import { markerPath } from '@/lib/sites';
import styles from './Charts.module.css';
import { raterStyle } from './raterStyle';
import type { DrawnCurve, DrawnPoint } from './roc';

interface Props {
  comparison: Comparison;
  name: string;
  points: DrawnPoint[];
  curves: DrawnCurve[];
}

const LEFT = 44;
const TOP = 12;
const FOOT = 40;
const RIGHT = 12;
const MOST = 252;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const words = ({ rater, fpr, tpr }: DrawnPoint) => `${rater}: sensitivity ${percent(tpr.value)}, false alarms ${percent(fpr)}`;

export function RocChart({ comparison, name, points, curves }: Props) {
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<number | null>(null);
  const side = Math.min(MOST, (measured > 0 ? measured : 380) - LEFT - RIGHT);
  const [width, height] = [side + LEFT + RIGHT, side + TOP + FOOT];
  const x = scaleLinear([0, 1], [LEFT, LEFT + side]);
  const y = scaleLinear([0, 1], [TOP + side, TOP]);
  const path = line<[number, number]>(([one]) => x(one), ([, other]) => y(other));
  const shown = cursor === null ? undefined : points[cursor];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setCursor(null);
    const way = ['ArrowRight', 'ArrowDown'].includes(event.key) ? 1 : ['ArrowLeft', 'ArrowUp'].includes(event.key) ? -1 : 0;
    if (way === 0) return;
    event.preventDefault();
    setCursor(cursor === null ? 0 : Math.min(points.length - 1, Math.max(0, cursor + way)));
  };
  return (
    <div
      ref={ref}
      className={styles.frame}
      tabIndex={0}
      role="slider"
      aria-label={`Sensitivity and false alarms of ${name}; arrow keys move along the raters`}
      aria-valuemin={1}
      aria-valuemax={Math.max(1, points.length)}
      aria-valuenow={(cursor ?? 0) + 1}
      aria-valuetext={shown === undefined ? 'no rater chosen' : words(shown)}
      onKeyDown={onKeyDown}
      onBlur={() => setCursor(null)}
    >
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {TICKS.map((tick) => (
          <g key={tick}>
            <line x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} className={styles.grid} />
            <line x1={x(tick)} x2={x(tick)} y1={y(0)} y2={y(1)} className={styles.grid} />
            <text x={LEFT - 7} y={y(tick)} dy="0.32em" textAnchor="end" className={styles.tick}>{tick}</text>
            <text x={x(tick)} y={TOP + side + 16} textAnchor="middle" className={styles.tick}>{tick}</text>
          </g>
        ))}
        <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className={styles.chance} />
        <text x={x(0.5)} y={height - 6} textAnchor="middle" className={styles.tick}>false alarms (1 − specificity)</text>
        <text transform={`translate(11 ${y(0.5)}) rotate(-90)`} textAnchor="middle" className={styles.tick}>sensitivity</text>
        {curves.map(({ rater, fpr, tpr }) => {
          const { colour, dash } = raterStyle(comparison, rater);
          return <path key={rater} d={path(fpr.map((one, index) => [one, tpr[index] ?? 0])) ?? ''} stroke={colour} strokeDasharray={dash} className={styles.curve} />;
        })}
        {points.map(({ rater, fpr, tpr }, index) => {
          const { colour, marker } = raterStyle(comparison, rater);
          return (
            <g key={rater} onPointerEnter={() => setCursor(index)} onPointerLeave={() => setCursor(null)}>
              <path d={`M${x(fpr)},${y(tpr.low ?? 0)}V${y(tpr.high ?? 0)}`} stroke={colour} className={styles.thin} />
              <path d={markerPath(marker, index === cursor ? 14 : 11)} transform={`translate(${x(fpr)} ${y(tpr.value ?? 0)})`} fill={colour} className={styles.point} />
            </g>
          );
        })}
      </svg>
      {shown !== undefined && (
        <p className={styles.tip} aria-hidden="true">
          {words(shown)}
        </p>
      )}
    </div>
  );
}
