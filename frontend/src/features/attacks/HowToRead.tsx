import { Card } from '@/ui/Card';
import styles from './HowToRead.module.css';

const LINES = [
  { name: 'First the positive control.', text: 'One image at a time in evaluation mode is the easiest case. If the attack fails there, it is broken, and its failures elsewhere acquit nobody.' },
  { name: 'Then the null.', text: 'Chest X-rays are alike. A reconstruction is a leak only if it is nearer to its original than another patient’s best picture is.' },
  { name: 'Smoothness only', text: 'is the same search without the gradient: what it reaches, the attack’s taste for smooth pictures reaches.' },
  { name: 'Identification', text: 'is the plainest question: of so many pictures, would one pick the right one? Compare the interval with chance, not the value.' },
  { name: 'The worst case counts.', text: 'One patient who is recovered is one too many, whatever the mean says.' },
  { name: 'No leak shown', text: 'is not proof of none: a better attack may come. Only differential privacy bounds all attacks.' },
];

export function HowToRead() {
  return (
    <Card title="How to read it">
      <ul className={styles.lines}>
        {LINES.map(({ name, text }) => (
          <li key={name}>
            <b>{name}</b> {text}
          </li>
        ))}
      </ul>
    </Card>
  );
}
