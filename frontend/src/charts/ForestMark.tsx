import { markerPath } from '@/lib/sites';
import { type ForestRowData, ROW } from './forest';
import styles from './Forest.module.css';

interface Props {
  row: ForestRowData;
  x: (value: number) => number;
  top: number;
}

/** The interval as a line with ends, and the value as a mark on it. */
export function ForestMark({ row: { value, low, high, colour = 'var(--accent)', marker = 'square', size = 10, also = [] }, x, top }: Props) {
  if (value === null) return null;
  const middle = top + ROW / 2;
  return (
    <g stroke={colour} fill={colour} className={styles.mark}>
      {low !== null && high !== null && <path d={`M${x(low)},${middle}H${x(high)}${also.length > 0 ? '' : `M${x(low)},${middle - 4}v8M${x(high)},${middle - 4}v8`}`} fill="none" strokeWidth={1.8} />}
      <path d={markerPath(marker, size)} transform={`translate(${x(value)} ${middle})`} strokeWidth={0} />
      {also.map((other) => (
        <path key={other.marker} d={markerPath(other.marker, 9)} transform={`translate(${x(other.at)} ${middle})`} className={styles.hollow} strokeWidth={1.8} />
      ))}
    </g>
  );
}
