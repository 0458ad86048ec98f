import styles from './SpentBar.module.css';

interface Props {
  label: string;
  spent: number;
  reserved: number;
  budget: number;
  /** What the whole width stands for, the same in every row. */
  largest: number;
  colour: string;
}

const HEIGHT = 22;

/** What is spent, then what is reserved, before the room that the budget leaves. */
export function SpentBar({ label, spent, reserved, budget, largest, colour }: Props) {
  const at = (value: number) => `${((98.5 * value) / largest).toFixed(2)}%`;
  return (
    <svg width="100%" height={HEIGHT} role="img" aria-label={label} className={styles.bar}>
      <rect width={at(budget)} y={5} height={12} rx={2} className={styles.room} />
      {reserved > 0 && <rect width={at(spent + reserved)} y={5} height={12} rx={2} fill={colour} className={styles.reserved} />}
      <rect width={at(spent)} y={5} height={12} rx={2} fill={colour} />
      <line x1={at(budget)} x2={at(budget)} y1={1} y2={21} className={styles.end} />
    </svg>
  );
}
