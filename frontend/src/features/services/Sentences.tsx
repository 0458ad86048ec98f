import styles from './Sentences.module.css';

/** Several statements about one thing, one a line. */
export function Sentences({ lines }: { lines: string[] }) {
  if (lines.length === 0) return <>nothing</>;
  return (
    <ul className={styles.lines}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
