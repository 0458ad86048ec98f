import type { Box } from './scale';
import { MARGIN } from './scale';
import styles from './chart.module.css';

interface Props {
  box: Box;
  xTicks: number[];
  yTicks: number[];
  x: (value: number) => number;
  y: (value: number) => number;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
}

export function Axes({ box, xTicks, yTicks, x, y, formatX, formatY }: Props) {
  return (
    <g aria-hidden="true">
      {yTicks.map((tick) => (
        <g key={tick}>
          <line x1={MARGIN.left} x2={box.width - MARGIN.right} y1={y(tick)} y2={y(tick)} className={styles.grid} />
          <text x={MARGIN.left - 7} y={y(tick)} dy="0.32em" textAnchor="end" className={styles.tick}>
            {formatY(tick)}
          </text>
        </g>
      ))}
      {xTicks.map((tick) => (
        <text key={tick} x={x(tick)} y={box.height - 6} textAnchor="middle" className={styles.tick}>
          {formatX(tick)}
        </text>
      ))}
    </g>
  );
}
