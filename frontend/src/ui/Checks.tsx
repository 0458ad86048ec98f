import styles from './Checks.module.css';

interface Props {
  legend: string;
  options: { value: string; name: string; text: string }[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
  error?: string | null;
}

/** Any number of a few, each with what it means. */
export function Checks({ legend, options, chosen, onChange, error = null }: Props) {
  const toggle = (value: string, on: boolean) => onChange(options.map((one) => one.value).filter((one) => (one === value ? on : chosen.includes(one))));
  return (
    <fieldset className={styles.checks}>
      <legend>{legend}</legend>
      {options.map(({ value, name, text }) => (
        <label key={value}>
          <input type="checkbox" checked={chosen.includes(value)} onChange={({ currentTarget }) => toggle(value, currentTarget.checked)} />
          <span>
            {name} <small>{text}</small>
          </span>
        </label>
      ))}
      {error !== null && (
        <p role="alert" className={styles.error}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
