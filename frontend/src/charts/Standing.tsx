import styles from './chart.module.css';
import type { Series } from './scale';

interface Props {
  series: Series;
  from: number;
  to: number;
  floor: number;
  x: (value: number) => number;
  y: (value: number) => number;
}

/** Steps before the first point, from nothing, and after the last one, which still stands. */
export function Standing({ series: { points, colour, dash }, from, to, floor, x, y }: Props) {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  return (
    <g stroke={colour} strokeDasharray={dash} className={styles.standing}>
      <path d={`M${from},${floor}H${x(first.x)}V${y(first.y)}`} />
      <path d={`M${x(last.x)},${y(last.y)}H${to}`} />
    </g>
  );
}
