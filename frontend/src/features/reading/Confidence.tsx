import styles from './Answer.module.css';

interface Props {
  value: number | null;
  disabled: boolean;
  onChange: (value: number) => void;
}

const UNSET = 50;

/** How sure the reader is of their answer. It has no value until they give one. */
export function Confidence({ value, disabled, onChange }: Props) {
  return (
    <label className={styles.confidence} data-set={value !== null}>
      <span>
        How sure are you? <b>{value === null ? 'not said yet' : `${value} %`}</b>
      </span>
      <input
        type="range"
        min={0}
        max={100}
        step={5}
        disabled={disabled}
        value={value ?? UNSET}
        aria-valuetext={value === null ? 'not said yet' : `${value} %`}
        onChange={({ currentTarget: { valueAsNumber } }) => onChange(valueAsNumber)}
        onPointerUp={({ currentTarget: { valueAsNumber } }) => onChange(valueAsNumber)}
      />
      <small>
        <span>a guess</span>
        <span>certain</span>
      </small>
    </label>
  );
}
