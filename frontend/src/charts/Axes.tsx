import type { Box } from './scale';
import { plotOf } from './scale';
import styles from './chart.module.css';

export interface AxisNames {
  x: string;
  y: string;
}

interface Props {
  box: Box;
  xTicks: number[];
  yTicks: number[];
  x: (value: number) => number;
  y: (value: number) => number;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
  names?: AxisNames | undefined;
}

export function Axes({ box, xTicks, yTicks, x, y, formatX, formatY, names }: Props) {
  const { left, right, top, bottom } = plotOf(box);
  return (
    <g aria-hidden="true">
      {yTicks.map((tick) => (
        <g key={tick}>
          <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} className={styles.grid} />
          <text x={left - 7} y={y(tick)} dy="0.32em" textAnchor="end" className={styles.tick}>
            {formatY(tick)}
          </text>
        </g>
      ))}
      {xTicks.map((tick) => (
        <text key={tick} x={x(tick)} y={bottom + 18} textAnchor="middle" className={styles.tick}>
          {formatX(tick)}
        </text>
      ))}
      {names !== undefined && (
        <>
          <text x={4} y={top - 13} className={styles.tick}>
            {names.y}
          </text>
          <text x={right} y={bottom + 36} textAnchor="end" className={styles.tick}>
            {names.x}
          </text>
        </>
      )}
    </g>
  );
}
