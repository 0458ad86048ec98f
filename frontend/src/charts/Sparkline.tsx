import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { metric } from '@/lib/format';
import styles from './Sparkline.module.css';

interface Props {
  label: string;
  points: { x: number; y: number }[];
  total: number;
}

const WIDTH = 96;
const HEIGHT = 22;

/** A curve at a glance, from 0 to 1 upwards and over all planned rounds across. */
export function Sparkline({ label, points, total }: Props) {
  const last = points.at(-1);
  if (last === undefined) return <span className="dim">–</span>;
  const x = scaleLinear([0, Math.max(1, total)], [2, WIDTH - 4]);
  const y = scaleLinear([0, 1], [HEIGHT - 2, 2]).clamp(true);
  const path = line<{ x: number; y: number }>((point) => x(point.x), (point) => y(point.y))(points);
  return (
    <svg className={styles.spark} width={WIDTH} height={HEIGHT} role="img" aria-label={`${label}: now ${metric(last.y)}`}>
      <line x1={2} x2={WIDTH - 4} y1={HEIGHT - 2} y2={HEIGHT - 2} className={styles.floor} />
      <path d={path ?? ''} className={styles.line} />
      <circle cx={x(last.x)} cy={y(last.y)} r={2.4} className={styles.end} />
    </svg>
  );
}
