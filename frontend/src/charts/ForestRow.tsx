import { type ForestRowData, ROW, valueText } from './forest';
import styles from './Forest.module.css';

interface Props {
  row: ForestRowData;
  top: number;
  width: number;
  format: (value: number) => string;
  chosen: boolean;
  onChosen: () => void;
}

/** The words of one row: its name at the left, its value and interval at the right, or why there is none. */
export function ForestRow({ row, top, width, format, chosen, onChosen }: Props) {
  const { label, of } = row;
  const middle = top + ROW / 2;
  return (
    <g onPointerEnter={onChosen}>
      <rect x={0} y={top} width={width} height={ROW} className={styles.back} data-chosen={chosen} />
      <line x1={0} x2={width} y1={top + ROW} y2={top + ROW} className={styles.rule} />
      <text x={12} y={of === null ? middle + 4 : middle - 2} className={styles.name}>
        {label}
      </text>
      {of !== null && (
        <text x={12} y={middle + 12} className={styles.of}>
          {of}
        </text>
      )}
      <text x={width - 4} y={middle + 4} textAnchor="end" className={row.value === null ? styles.of : styles.value}>
        {valueText(row, format)}
      </text>
    </g>
  );
}
