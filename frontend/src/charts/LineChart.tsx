import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';
import { markerPath } from '@/lib/sites';
import { Axes, type AxisNames } from './Axes';
import styles from './chart.module.css';
import { plotOf, type Series, scales, stops, wholeTicks } from './scale';
import { SeriesLine } from './SeriesLine';
import { Tip } from './Tip';

interface Props {
  label: string;
  xName: string;
  xDomain: readonly [number, number];
  yDomain: readonly [number, number];
  yTicks: number[];
  formatY: (value: number) => string;
  describe: (series: Series, x: number) => string | null;
  series: Series[];
  note?: string;
  /** Where marks stand below, and how they are written: whole numbers unless said. */
  xTicks?: (from: number, to: number, width: number) => number[];
  formatX?: (x: number) => string;
  /** Draws values that stand until the next one, not slopes between them. */
  steps?: boolean;
  height?: number;
  names?: AxisNames;
  /** Where the cursor can stand, if not at every point; a value between points is then marked too. */
  places?: number[];
  valueAt?: (series: Series, x: number) => number | null;
  /** What is drawn behind the lines: a line to compare them with. */
  behind?: (x: (value: number) => number, y: (value: number) => number) => ReactNode;
}

const HEIGHT = 236;
const MOVES: Record<string, (at: number, last: number) => number> = {
  ArrowRight: (at, last) => Math.min(last, at + 1),
  ArrowLeft: (at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (_, last) => last,
};

/** Lines over rounds, time or shares. One cursor for pointer and keyboard; a screen reader hears what it stands on. */
export function LineChart(props: Props) {
  const { label, xName, xDomain, yDomain, yTicks, formatY, describe, series, note, names, valueAt, behind } = props;
  const { xTicks = wholeTicks, formatX = String, steps = false, height = HEIGHT, places = stops(series) } = props;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<number | null>(null);
  const box = { width: width > 0 ? width : 640, height, named: names !== undefined };
  const plot = plotOf(box);
  const { x, y } = scales(box, xDomain, yDomain);
  const at = cursor === null ? -1 : places.indexOf(cursor);
  const shown = at === -1 ? null : cursor;
  const lines = shown === null ? [] : series.flatMap((one) => describe(one, shown) ?? []);
  const last = places.length - 1;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setCursor(null);
    const move = MOVES[event.key];
    if (move === undefined || last < 0) return;
    event.preventDefault();
    setCursor(places[at === -1 && event.key !== 'Home' ? last : move(at, last)] ?? null);
  };
  const onPointer = (event: PointerEvent<SVGSVGElement>) => {
    const place = x.invert(event.clientX - event.currentTarget.getBoundingClientRect().left);
    setCursor(places.reduce<number | null>((near, one) => (near === null || Math.abs(one - place) < Math.abs(near - place) ? one : near), null));
  };

  return (
    <div
      ref={ref}
      className={styles.frame}
      tabIndex={0}
      role="slider"
      aria-label={`${label}; arrow keys move along the ${xName}s`}
      aria-valuemin={places[0] ?? xDomain[0]}
      aria-valuemax={places[last] ?? xDomain[1]}
      aria-valuenow={shown ?? places[last] ?? xDomain[0]}
      aria-valuetext={shown === null ? 'no place chosen' : `${xName} ${formatX(shown)}: ${lines.join('; ')}`}
      onKeyDown={onKeyDown}
      onBlur={() => setCursor(null)}
    >
      <svg width={box.width} height={box.height} viewBox={`0 0 ${box.width} ${box.height}`} aria-hidden="true" onPointerMove={onPointer} onPointerLeave={() => setCursor(null)}>
        <Axes box={box} x={x} y={y} xTicks={xTicks(xDomain[0], xDomain[1], box.width)} yTicks={yTicks} formatX={formatX} formatY={formatY} names={names} />
        {behind?.(x, y)}
        {shown !== null && <line x1={x(shown)} x2={x(shown)} y1={plot.top} y2={plot.bottom} className={styles.cursor} />}
        {series.map((one) => (
          <SeriesLine key={one.id} series={one} x={x} y={y} cursor={shown} steps={steps} />
        ))}
        {shown !== null &&
          series.map((one) => {
            const value = valueAt?.(one, shown) ?? null;
            return value === null ? null : <path key={one.id} d={markerPath(one.marker, 9)} transform={`translate(${x(shown)} ${y(value)})`} stroke={one.colour} className={styles.dot} />;
          })}
        {note !== undefined && (
          <text x={plot.right} y={plot.top + 14} textAnchor="end" className={styles.tick}>
            {note}
          </text>
        )}
      </svg>
      {shown !== null && <Tip left={x(shown)} width={box.width} title={`${xName} ${formatX(shown)}`} series={series} describe={(one) => describe(one, shown)} />}
    </div>
  );
}
