import { metric } from '@/lib/format';
import { markerPath } from '@/lib/sites';
import styles from './chart.module.css';
import { LineChart } from './LineChart';
import { PLACES, type RocLine, sensitivityAt } from './roc';
import { QUARTERS, type Series } from './scale';

interface Props {
  label: string;
  lines: RocLine[];
}

/** One class against the others, over every threshold; a large marker where the model itself decides, and chance as a line. */
export function RocChart({ label, lines }: Props) {
  const series: Series[] = lines.map(({ fpr, tpr, ...line }) => ({ ...line, points: fpr.map((x, index) => ({ x, y: tpr[index] ?? 0 })) }));
  const valueAt = ({ id }: Series, rate: number) => {
    const line = lines.find((one) => one.id === id);
    return line === undefined ? null : sensitivityAt(line, rate);
  };
  return (
    <LineChart
      label={label}
      xName="false alarm rate"
      names={{ x: 'false alarm rate: 1 − specificity', y: 'sensitivity' }}
      height={330}
      xDomain={[0, 1]}
      yDomain={[0, 1]}
      xTicks={() => QUARTERS}
      yTicks={QUARTERS}
      formatX={metric}
      formatY={metric}
      places={PLACES}
      valueAt={valueAt}
      series={series}
      describe={(line, rate) => `${line.label}: sensitivity ${metric(valueAt(line, rate))}`}
      behind={(x, y) => (
        <>
          <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className={styles.chance} />
          <text x={x(0.62)} y={y(0.56)} className={styles.tick}>
            chance
          </text>
          {lines.map(
            ({ id, marker, colour, decision }) =>
              decision !== undefined && <path key={id} d={markerPath(marker, 11)} transform={`translate(${x(decision.fpr)} ${y(decision.tpr)})`} fill={colour} className={styles.decision} />,
          )}
        </>
      )}
    />
  );
}
