import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, useState } from 'react';
import styles from './chart.module.css';
import { type ForestGroup, forestScale, layout, moved, spoken } from './forest';
import { ForestMark } from './ForestMark';
import { ForestRow } from './ForestRow';
import parts from './Forest.module.css';

interface Props {
  label: string;
  groups: ForestGroup[];
  domain: readonly [number, number];
  ticks: number[];
  format: (value: number) => string;
  /** A value to compare all rows with, and its name. */
  reference?: { value: number; name: string } | undefined;
  /** Spreads small values, so that they are told apart. */
  root?: boolean;
}

const TOP = 20;
const FOOT = 26;
const LEFT = 196;
const RIGHT = 158;

/** Values with their intervals, one a row, against a line that they are compared with. Arrow keys go from row to row. */
export function Forest({ label, groups, domain, ticks, format, reference, root = false }: Props) {
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<number | null>(null);
  const width = measured > 0 ? measured : 640;
  const { heads, rows, height: body } = layout(groups, TOP);
  const height = body + FOOT;
  const x = forestScale(domain, [LEFT, width - RIGHT], root);
  const shown = cursor === null ? undefined : rows[cursor];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setCursor(null);
    const next = moved(cursor, event.key, rows.length);
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
      aria-orientation="vertical"
      aria-label={`${label}; arrow keys move along the rows`}
      aria-valuemin={1}
      aria-valuemax={Math.max(1, rows.length)}
      aria-valuenow={(cursor ?? 0) + 1}
      aria-valuetext={shown === undefined ? 'no row chosen' : spoken(shown.row, shown.group, format)}
      onKeyDown={onKeyDown}
      onBlur={() => setCursor(null)}
    >
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" onPointerLeave={() => setCursor(null)}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={TOP} y2={body} className={styles.grid} />
            <text x={x(tick)} y={height - 8} textAnchor="middle" className={styles.tick}>
              {format(tick)}
            </text>
          </g>
        ))}
        {heads.map(({ name, top }) => (
          <text key={name} x={4} y={top + 18} className={parts.head}>
            {name}
          </text>
        ))}
        {rows.map(({ row, group, top }, index) => (
          <ForestRow key={`${group ?? ''} ${row.id}`} row={row} top={top} width={width} format={format} chosen={index === cursor} onChosen={() => setCursor(index)} />
        ))}
        {reference !== undefined && (
          <>
            <line x1={x(reference.value)} x2={x(reference.value)} y1={TOP - 4} y2={body} className={parts.reference} />
            <text x={x(reference.value)} y={TOP - 8} textAnchor="middle" className={styles.tick}>
              {`${reference.name} ${format(reference.value)}`}
            </text>
          </>
        )}
        {rows.map(({ row, group, top }) => (
          <ForestMark key={`${group ?? ''} ${row.id}`} row={row} x={x} top={top} />
        ))}
      </svg>
    </div>
  );
}
