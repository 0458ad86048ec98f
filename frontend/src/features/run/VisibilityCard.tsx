import type { JobSettings } from '@/api/types';
import { whoSeesWhat } from '@/lib/visibility';
import { Card } from '@/ui/Card';
import { VisibilityTable } from '@/ui/VisibilityTable';

export function VisibilityCard({ settings }: { settings: JobSettings }) {
  const { secure, min_survivors } = settings.aggregation;
  return (
    <Card title="Who can see what">
      <VisibilityTable rows={whoSeesWhat({ secure, minSurvivors: min_survivors, epochs: settings.training.epochs !== null })} />
    </Card>
  );
}
