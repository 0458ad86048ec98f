import { area, curveLinear, curveStepAfter, line } from 'd3-shape';
import { markerPath } from '@/lib/sites';
import styles from './chart.module.css';
import type { Point, Series } from './scale';

interface Props {
  series: Series;
  x: (value: number) => number;
  y: (value: number) => number;
  cursor: number | null;
  steps: boolean;
}

const MANY_POINTS = 60;

export function SeriesLine({ series, x, y, cursor, steps }: Props) {
  const { points, colour, dash, marker } = series;
  const path = line<Point>((point) => x(point.x), (point) => y(point.y)).curve(steps ? curveStepAfter : curveLinear);
  const banded = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  const band = area<Point>((point) => x(point.x), (point) => y(point.low ?? point.y), (point) => y(point.high ?? point.y));
  return (
    <g>
      {banded.length > 1 && <path d={band(banded) ?? ''} fill={colour} className={styles.band} />}
      <path d={path(points) ?? ''} stroke={colour} strokeDasharray={dash} className={styles.curve} />
      {points.length <= MANY_POINTS &&
        points.map((point) => (
          <path
            key={point.x}
            d={markerPath(marker, point.x === cursor ? 9 : 6.4)}
            transform={`translate(${x(point.x)} ${y(point.y)})`}
            stroke={colour}
            className={styles.dot}
          />
        ))}
    </g>
  );
}
