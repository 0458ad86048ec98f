import { useElementSize } from '@mantine/hooks';
import { scaleLinear } from 'd3-scale';
import { type KeyboardEvent, useState } from 'react';
import { metric } from '@/lib/format';
import { Axes } from './Axes';
import styles from './chart.module.css';
import { moved } from './forest';
import { filled, type ReliabilityBin, spoken } from './reliability';
import { ReliabilityMark } from './ReliabilityMark';
import { plotOf, QUARTERS, scales } from './scale';

interface Props {
  label: string;
  bins: ReliabilityBin[];
}

const HEIGHT = 330;
const COUNTS = 62;
const BAR = 36;
const KEYS: Record<string, string> = { ArrowRight: 'ArrowDown', ArrowLeft: 'ArrowUp' };

/** How often the model is right where it is so sure; below, of how many images that is. On the diagonal it knows what it knows. */
export function ReliabilityChart({ label, bins }: Props) {
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<number | null>(null);
  const marks = filled(bins);
  const box = { width: measured > 0 ? measured : 640, height: HEIGHT, named: true };
  const { left, right, top, bottom } = plotOf(box);
  const { x } = scales(box, [0, 1], [0, 1]);
  const y = scaleLinear([0, 1], [bottom - COUNTS, top]);
  const bar = scaleLinear([0, Math.max(1, ...marks.map(({ count }) => count))], [0, BAR]);
  const shown = cursor === null ? undefined : marks[cursor];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setCursor(null);
    const next = moved(cursor, KEYS[event.key] ?? event.key, marks.length);
    if (next === null) return;
    event.preventDefault();
    setCursor(next);
  };
  return (
    <div
      ref={ref}
      className={styles.frame}
      tabIndex={0}
      role="slider"
      aria-label={`${label}; arrow keys move along the bins`}
      aria-valuemin={1}
      aria-valuemax={Math.max(1, marks.length)}
      aria-valuenow={(cursor ?? 0) + 1}
      aria-valuetext={shown === undefined ? 'no bin chosen' : spoken(shown)}
      onKeyDown={onKeyDown}
      onBlur={() => setCursor(null)}
    >
      <svg width={box.width} height={HEIGHT} viewBox={`0 0 ${box.width} ${HEIGHT}`} aria-hidden="true" onPointerLeave={() => setCursor(null)}>
        <Axes box={box} x={x} y={y} xTicks={QUARTERS} yTicks={QUARTERS} formatX={metric} formatY={metric} names={{ x: 'how sure: the largest probability', y: 'share that was right' }} />
        <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className={styles.chance} />
        <text x={x(0.3)} y={y(0.13)} className={styles.tick}>
          as right as it is sure
        </text>
        <line x1={left} x2={right} y1={bottom} y2={bottom} className={styles.grid} />
        <text x={left + 6} y={bottom - 5} className={styles.tick}>
          images
        </text>
        {marks.map((one, index) => (
          <ReliabilityMark key={one.low} bin={one} x={x} y={y} floor={bottom} bar={bar(one.count)} chosen={index === cursor} onChosen={() => setCursor(index)} />
        ))}
      </svg>
      {shown !== undefined && (
        <p className={styles.tip} style={{ top: 34, left: 58, whiteSpace: 'normal', maxWidth: 230 }} aria-hidden="true">
          {spoken(shown)}
        </p>
      )}
    </div>
  );
}
