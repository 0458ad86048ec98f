import type { AuditDocument } from '@/api/documents';
import { count, plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Facts } from '@/ui/Facts';
import { Hash } from '@/ui/Hash';

/** How hard was attacked, and at which weights. Every choice that is left favours the attacker. */
export function SettingsCard({ document: { plan, model, images, batch_norm_mode: mode, made } }: { document: AuditDocument }) {
  const facts = [
    { name: 'Method', value: 'gradient inversion after Geiping et al.: signed Adam on cosine distance and total variation' },
    { name: 'Effort', value: `${plural(plan.iterations, 'iteration')}, ${plural(plan.restarts, 'attempt')}, total variation ${plan.tv_weight}` },
    { name: 'Victims', value: `${plural(plan.victims, 'batch', 'batches')} of ${plan.batch_sizes.map((size) => plural(size, 'image')).join(', ')} in each view, ${plan.positive_victims} in the positive control` },
    { name: 'Batch normalisation', value: mode === 'train' ? 'training mode, as sites train: statistics of the batch mix its images' : 'evaluation mode, which is easier to attack' },
    { name: 'Classes', value: plan.labels === 'known' ? 'the attacker is told them' : 'the attacker infers them from the last layer' },
    ...(plan.privacy === undefined ? [] : [{ name: 'Differential privacy', value: `each image’s gradient clipped at ${plan.privacy.clip}, noise of ${plan.privacy.noise_multiplier} times that in every sum; none in the positive control` }]),
    { name: 'Weights', value: `${model.weights}, ${count(model.parameters)} parameters, ${model.normalisation} normalisation` },
    { name: 'Model hash', value: <Hash value={model.hash} /> },
    { name: 'Images', value: `${images.split} split, ${images.image_size} × ${images.image_size} pixels; ${made}` },
  ];
  return (
    <Card title="How it was attacked">
      <Facts facts={facts} />
    </Card>
  );
}
