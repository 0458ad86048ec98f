import { scaleLinear } from 'd3-scale';
import styles from './chart.module.css';
import { aboveFloor } from './decision';
import { Legend } from './Legend';
import { LineChart } from './LineChart';
import { QUARTERS, type Series } from './scale';

interface Props {
  label: string;
  thresholds: number[];
  model: { name: string; colour: string; dash: string; marker: Series['marker']; netBenefit: number[] };
  /** Net benefit of acting on everybody. */
  all: number[];
}

const FLOOR = -0.05;
const three = (value: number) => value.toFixed(3).replace('-', '−');

/** Is it better to act on what the model says than on everybody, or on nobody? At each threshold of what one would risk. */
export function DecisionCurve({ label, thresholds, model, all }: Props) {
  const { name, netBenefit, ...style } = model;
  const points = (values: number[]) => thresholds.map((x, index) => ({ x, y: values[index] ?? 0 }));
  const series: Series[] = [
    { id: 'model', label: `act on “${name}”`, ...style, points: aboveFloor(points(netBenefit), FLOOR) },
    { id: 'all', label: 'act on everybody', colour: 'var(--hub)', dash: '5 4', marker: 'square', points: aboveFloor(points(all), FLOOR) },
  ];
  const ticks = scaleLinear([0, Math.max(0.1, ...netBenefit, ...all)], [0, 1]).nice(4).ticks(4);
  const valueAt = ({ id }: Series, x: number) => (id === 'model' ? netBenefit : all)[thresholds.indexOf(x)] ?? null;
  return (
    <>
      <LineChart
        label={label}
        xName="threshold"
        names={{ x: 'threshold: the probability from which one would act', y: 'net benefit' }}
        height={290}
        xDomain={[0, 1]}
        yDomain={[FLOOR, ticks.at(-1) ?? 1]}
        xTicks={() => QUARTERS}
        yTicks={ticks}
        formatX={(value) => `${Math.round(value * 100)} %`}
        formatY={(value) => value.toFixed(2)}
        places={thresholds}
        series={series}
        describe={(line, x) => {
          const value = valueAt(line, x);
          return value === null ? null : `${line.label}: ${three(value)}${line.id === 'model' && value < 0 ? ', worse than acting on nobody' : ''}`;
        }}
        behind={(x, y) => <line x1={x(0)} x2={x(1)} y1={y(0)} y2={y(0)} className={styles.nobody} />}
      />
      <Legend series={series} />
    </>
  );
}
