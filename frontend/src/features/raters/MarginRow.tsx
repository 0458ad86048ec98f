import { markerPath, type SiteStyle } from '@/lib/sites';
import styles from './Charts.module.css';
import type { Compared } from './MarginChart';
import { points, type Verdict } from './pairs';

interface Props {
  row: Compared;
  style: SiteStyle;
  x: (value: number) => number;
  y: number;
  right: number;
  chosen: boolean;
}

const SIGNS: Record<Verdict, string> = { 'non-inferior': '✓ non-inferior', inferior: '✕ inferior', undecided: '? undecided' };
const CAP = 5;

export function MarginRow({ row: { name, difference, verdict }, style, x, y, right, chosen }: Props) {
  const { value, low, high } = difference;
  if (value === null || low === null || high === null) return null;
  return (
    <g data-chosen={chosen} className={styles.row}>
      <text x={0} y={y} dy="0.32em" className={styles.rater}>
        {name.length > 17 ? `${name.slice(0, 16)}…` : name}
      </text>
      <path d={`M${x(low)},${y - CAP}V${y + CAP}M${x(low)},${y}H${x(high)}M${x(high)},${y - CAP}V${y + CAP}`} stroke={style.colour} className={styles.whisker} />
      <path d={markerPath(style.marker, 11)} transform={`translate(${x(value)} ${y})`} fill={style.colour} />
      <text x={right + 12} y={y - 8} dy="0.32em" className={styles.value}>
        {points(value)}
      </text>
      {verdict !== null && (
        <text x={right + 12} y={y + 9} dy="0.32em" className={styles.verdict} data-verdict={verdict}>
          {SIGNS[verdict]}
        </text>
      )}
    </g>
  );
}
