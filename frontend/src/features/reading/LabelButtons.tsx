import styles from './Answer.module.css';

interface Props {
  classes: readonly string[];
  chosen: string | null;
  disabled: boolean;
  onChoose: (label: string) => void;
}

/** One answer of a few, each on a key. Choosing is not answering: nothing is kept before the reader goes on. */
export function LabelButtons({ classes, chosen, disabled, onChoose }: Props) {
  return (
    <div role="radiogroup" aria-label="Your answer" className={styles.labels}>
      {classes.map((name, index) => (
        <button key={name} type="button" role="radio" aria-checked={chosen === name} disabled={disabled} className={styles.label} onClick={() => onChoose(name)}>
          <kbd>{index + 1}</kbd>
          <span>{name}</span>
        </button>
      ))}
    </div>
  );
}
