import { Card } from '@/ui/Card';
import styles from './HowItWorks.module.css';

const STEPS = [
  { name: 'Read', text: 'Each service says who computes, what each of them learns, and what this page cannot promise.' },
  { name: 'Choose a picture', text: 'This browser splits it into two halves that look like noise, and seals each for one institution.' },
  { name: 'Wait some seconds', text: 'Two institutions compute on their halves. None of them, and not the platform, sees the picture.' },
  { name: 'Open the answer', text: 'Both answers are sealed for a key that this browser alone holds. They add up here and nowhere else.' },
];

export function HowItWorks() {
  return (
    <Card title="How it works">
      <ol className={styles.steps}>
        {STEPS.map(({ name, text }) => (
          <li key={name}>
            <b>{name}</b>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
