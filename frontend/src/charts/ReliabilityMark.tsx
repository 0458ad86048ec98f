import { count } from '@/lib/format';
import type { FilledBin } from './reliability';
import styles from './ReliabilityMark.module.css';

interface Props {
  bin: FilledBin;
  x: (value: number) => number;
  y: (value: number) => number;
  /** Where the bar of the images stands, and how high it is. */
  floor: number;
  bar: number;
  chosen: boolean;
  onChosen: () => void;
}

/** One bin: how far off the diagonal, with the interval, and a bar of how many images fell in it. */
export function ReliabilityMark({ bin, x, y, floor, bar, chosen, onChosen }: Props) {
  const { low, high, confidence, accuracy, from, to } = bin;
  const [left, right] = [x(low) + 1, x(high) - 1];
  return (
    <g onPointerEnter={onChosen} data-chosen={chosen}>
      <rect x={left} width={right - left} y={y(1)} height={floor - y(1)} className={styles.back} data-chosen={chosen} />
      <line x1={x(confidence)} x2={x(confidence)} y1={y(confidence)} y2={y(accuracy)} className={styles.gap} />
      <line x1={x(confidence)} x2={x(confidence)} y1={y(from)} y2={y(to)} className={styles.span} />
      <circle cx={x(confidence)} cy={y(accuracy)} r={4.5} className={styles.mark} />
      <rect x={left} width={right - left} y={floor - bar} height={bar} className={styles.bar} />
      <text x={(left + right) / 2} y={floor - bar - 4} textAnchor="middle" className={styles.count}>
        {count(bin.count)}
      </text>
    </g>
  );
}
