import type { ServiceDetail } from '@/api/types';
import { Card } from '@/ui/Card';
import { StepLine } from './StepLine';
import styles from './StepsCard.module.css';

interface Props {
  service: ServiceDetail;
  live: boolean;
}

/** How far publishing has come: five steps, who does each, and how long it took. */
export function StepsCard({ service, live }: Props) {
  const { steps } = service;
  const done = steps.filter(({ state }) => state === 'done').length;
  return (
    <Card title="Publishing" actions={<span className="dim">{`${done} of ${steps.length} steps done`}</span>}>
      <ol className={styles.steps} aria-label="Steps of publishing" aria-live={live ? 'polite' : 'off'}>
        {steps.map((step) => (
          <StepLine key={step.step} step={step} service={service} />
        ))}
      </ol>
    </Card>
  );
}
