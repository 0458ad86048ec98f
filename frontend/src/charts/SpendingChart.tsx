import { scaleLinear } from 'd3-scale';
import { date, dateTime } from '@/lib/format';
import styles from './chart.module.css';
import { Legend } from './Legend';
import { LineChart } from './LineChart';
import { dateTicks, type Point, type Series } from './scale';
import { Standing } from './Standing';

interface Props {
  label: string;
  yName: string;
  from: number;
  /** Until when the last values stand. */
  to: number;
  series: Series[];
  limits: { value: number; name: string }[];
  describe: (series: Series, standing: Point, exact: boolean) => string;
}

const DAY_MS = 86_400_000;

/** The last point at or before a time: it stands until the next. */
export function standingAt({ points }: Series, x: number): Point | null {
  return points.findLast((point) => point.x <= x) ?? null;
}

/** What is spent step by step, and never comes back, against limits. */
export function SpendingChart({ label, yName, from, to, series, limits, describe }: Props) {
  const largest = Math.max(...limits.map(({ value }) => value), ...series.flatMap(({ points }) => points.map(({ y }) => y)), 0.1);
  const ticks = scaleLinear([0, largest * 1.08], [0, 1]).nice(4).ticks(4);
  return (
    <>
      <LineChart
        label={label}
        xName="on"
        names={{ x: 'when the site reported it', y: yName }}
        height={290}
        xDomain={[from, to]}
        yDomain={[0, ticks.at(-1) ?? 1]}
        xTicks={dateTicks}
        yTicks={ticks}
        formatX={(x) => (x % DAY_MS === 0 ? date(x) : dateTime(x))}
        formatY={String}
        steps
        series={series}
        valueAt={(one, x) => {
          const point = standingAt(one, x);
          return point === null || point.x === x ? null : point.y;
        }}
        describe={(one, x) => {
          const point = standingAt(one, x);
          return point === null ? null : describe(one, point, point.x === x);
        }}
        behind={(x, y) => (
          <>
            {limits.map(({ value, name }) => (
              <g key={value}>
                <line x1={x(from)} x2={x(to)} y1={y(value)} y2={y(value)} className={styles.chance} />
                <text x={x(from) + 4} y={y(value) - 5} className={styles.tick}>
                  {name}
                </text>
              </g>
            ))}
            {series.map((one) => (
              <Standing key={one.id} series={one} from={x(from)} to={x(to)} floor={y(0)} x={x} y={y} />
            ))}
          </>
        )}
      />
      <Legend series={series} />
    </>
  );
}
