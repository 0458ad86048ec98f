import { scaleLinear } from 'd3-scale';
import { duration } from '@/lib/format';
import styles from './LanesCard.module.css';

interface Props {
  seconds: number;
  width: number;
}

/** Time since the attempt was opened. */
export function LaneAxis({ seconds, width }: Props) {
  if (width === 0) return null;
  const x = scaleLinear([0, seconds], [0, width]);
  const ticks = x.ticks(Math.max(2, Math.floor(width / 90))).filter((tick) => x(tick) < width - 20);
  return (
    <svg width={width} height={16} aria-hidden="true">
      {ticks.map((tick) => (
        <text key={tick} x={x(tick)} y={11} className={styles.tick} textAnchor={tick === 0 ? 'start' : 'middle'}>
          {tick === 0 ? '0' : duration(tick).replace('.0', '')}
        </text>
      ))}
    </svg>
  );
}
