import type { Descriptor } from '@/diagnosis/descriptor';
import styles from './Pathway.module.css';

/** Where the picture goes and in which form, as a drawing that reads well aloud. */
export function Pathway({ descriptor }: { descriptor: Descriptor }) {
  const [first, second] = descriptor.parties;
  return (
    <ol className={styles.way} aria-label="The way of a picture and of its answer">
      <li className={styles.place} data-own="true">
        <b>This device</b>
        <small>reads the picture, splits it into two halves that each look like noise, and seals each half for one institution</small>
      </li>
      <li className={styles.arrow} aria-hidden="true">
        ⇄
      </li>
      <li className={styles.place}>
        <b>The platform</b>
        <small>passes sealed halves on and sealed answers back; it can open neither</small>
      </li>
      <li className={styles.arrow} aria-hidden="true">
        ⇄
      </li>
      <li className={styles.parties}>
        {[first, second].map(({ name, fingerprint }, index) => (
          <div key={fingerprint} className={styles.place}>
            <b>{name}</b>
            <small>computes on {index === 0 ? 'one half' : 'the other half'} and seals its answer for your key alone</small>
          </div>
        ))}
      </li>
    </ol>
  );
}
