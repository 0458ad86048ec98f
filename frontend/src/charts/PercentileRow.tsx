import { stepTime } from '@/lib/format';
import { markerPath } from '@/lib/sites';
import styles from './PercentileRow.module.css';
import type { Percentiles } from './PercentileChart';

interface Props {
  row: Percentiles;
  x: (seconds: number) => number;
  top: number;
  height: number;
  width: number;
  chosen: boolean;
  onChosen: () => void;
}

/** One step: its name and three numbers at the left, a line with three markers at the right. */
export function PercentileRow({ row, x, top, height, width, chosen, onChosen }: Props) {
  const { label, p50, p90, p99 } = row;
  const middle = top + height / 2;
  return (
    <g onPointerEnter={onChosen}>
      <rect x={0} y={top} width={width} height={height} className={styles.back} data-chosen={chosen} />
      <text x={4} y={middle - 3} className={styles.name}>
        {label}
      </text>
      <text x={4} y={middle + 11} className={styles.numbers}>
        {`${stepTime(p50)} · ${stepTime(p90)} · ${stepTime(p99)}`}
      </text>
      <line x1={0} x2={width} y1={top + height} y2={top + height} className={styles.rule} />
      <line x1={x(p50)} x2={x(p99)} y1={middle} y2={middle} className={styles.span} />
      <path d={markerPath('circle', 10)} transform={`translate(${x(p50)} ${middle})`} className={styles.half} />
      <path d={markerPath('square', 9)} transform={`translate(${x(p90)} ${middle})`} className={styles.mark} />
      <path d={markerPath('diamond', 9)} transform={`translate(${x(p99)} ${middle})`} className={styles.mark} />
    </g>
  );
}
