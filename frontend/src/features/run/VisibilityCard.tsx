import type { JobSettings } from '@/api/types';
import { whoSeesAudit, whoSeesEvaluation, whoSeesWhat } from '@/lib/visibility';
import { Card } from '@/ui/Card';
import { VisibilityTable } from '@/ui/VisibilityTable';

export function VisibilityCard({ settings }: { settings: JobSettings }) {
  const { secure, min_survivors: minSurvivors } = settings.aggregation;
  const { evaluation, audit } = settings;
  const rows =
    evaluation != null
      ? whoSeesEvaluation({ minSurvivors, perSite: evaluation.per_site, subgroups: evaluation.subgroups, smallestCell: evaluation.smallest_cell })
      : audit != null
        ? whoSeesAudit(minSurvivors)
        : whoSeesWhat({ secure, minSurvivors, epochs: settings.training.epochs !== null, noisy: settings.privacy != null });
  return (
    <Card title="Who can see what">
      <VisibilityTable rows={rows} />
    </Card>
  );
}
