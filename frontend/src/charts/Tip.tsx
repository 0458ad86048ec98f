import { markerPath } from '@/lib/sites';
import styles from './chart.module.css';
import type { Series } from './scale';

interface Props {
  left: number;
  width: number;
  title: string;
  series: Series[];
  describe: (series: Series) => string | null;
}

export function Tip({ left, width, title, series, describe }: Props) {
  const side = left > width / 2 ? { right: width - left + 12 } : { left: left + 12 };
  return (
    <dl className={styles.tip} style={{ top: 12, ...side }} aria-hidden="true">
      <dt>{title}</dt>
      {series.map((one) => {
        const text = describe(one);
        return text === null ? null : (
          <dd key={one.id}>
            <svg width={10} height={10} viewBox="-5 -5 10 10">
              <path d={markerPath(one.marker, 8)} fill={one.colour} />
            </svg>
            {text}
          </dd>
        );
      })}
    </dl>
  );
}
