import { markerPath } from '@/lib/sites';
import styles from './Legend.module.css';
import type { Series } from './scale';

export function Legend({ series }: { series: Series[] }) {
  return (
    <ul className={styles.legend} aria-label="Legend">
      {series.map(({ id, label, colour, dash, marker }) => (
        <li key={id}>
          <svg width={30} height={12} viewBox="0 0 30 12" aria-hidden="true">
            <line x1={0} x2={30} y1={6} y2={6} stroke={colour} strokeWidth={2} strokeDasharray={dash} />
            <path d={markerPath(marker, 8)} transform="translate(15 6)" fill={colour} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
