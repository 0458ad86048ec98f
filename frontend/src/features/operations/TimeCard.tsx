import type { Operations } from '@/api/types';
import { ChartCard } from '@/charts/ChartCard';
import { Legend } from '@/charts/Legend';
import { LineChart } from '@/charts/LineChart';
import { countTicks, type Series, stops, timeTicks } from '@/charts/scale';
import { count, dateTime, minute } from '@/lib/format';
import { Empty } from '@/ui/Empty';

interface Props {
  title: string;
  operations: Operations;
  lines: Series[];
  /** A level that the axis reaches at least. */
  top?: number;
  /** Levels that stand until they change. */
  steps?: boolean;
  asTable: boolean;
  onTable: (shown: boolean) => void;
}

const valueAt = ({ points }: Series, x: number) => points.find((point) => point.x === x)?.y;

/** Counts over the last day: as lines, as a table, as CSV and as a picture. */
export function TimeCard({ title, operations, lines, top = 0, steps = false, asTable, onTable }: Props) {
  const largest = Math.max(top, ...lines.flatMap(({ points }) => points.map(({ y }) => y)));
  const ticks = countTicks(largest);
  const places = stops(lines);
  const rows = places.map((place) => [dateTime(place), ...lines.map((line) => valueAt(line, place) ?? null)]);
  return (
    <ChartCard title={title} name={title} header={['time', ...lines.map(({ label }) => label)]} rows={rows} asTable={asTable} onTable={onTable}>
      {places.length === 0 ? (
        <Empty title="Nothing in these 24 hours" />
      ) : (
        <>
          <LineChart
            label={title}
            xName="at"
            xDomain={[Date.parse(operations.since), Date.parse(operations.until)]}
            yDomain={[0, ticks.at(-1) ?? 1]}
            yTicks={ticks}
            formatX={minute}
            formatY={count}
            xTicks={timeTicks}
            series={lines}
            steps={steps}
            describe={(line, x) => {
              const value = valueAt(line, x);
              return value === undefined ? null : `${line.label} ${count(value)}`;
            }}
          />
          {lines.length > 1 && <Legend series={lines} />}
        </>
      )}
    </ChartCard>
  );
}
