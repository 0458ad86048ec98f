import { whoLearnsWhat } from '@/lib/learns';
import type { Policy } from '@/lib/protocols';
import { Card } from '@/ui/Card';
import { LearnsTable } from '@/ui/LearnsTable';
import styles from './LearnsCard.module.css';

export function LearnsCard({ policy }: { policy: Policy }) {
  return (
    <Card title="Who learns what">
      <LearnsTable rows={whoLearnsWhat(policy)} />
      <p className={styles.together}>Each alone. P0 with P1, or the dealer with either, could put all of it together: different people must run them.</p>
    </Card>
  );
}
