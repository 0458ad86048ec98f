import { Link } from '@tanstack/react-router';
import type { Pooled } from '@/api/types';
import { ago, count, percent, plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import { Chip } from '@/ui/Chip';
import { Clock } from '@/ui/Clock';
import { Facts } from '@/ui/Facts';

/** What a job has learned of all sites' training images together; never one site's part in it. */
export function PooledCard({ pooled }: { pooled: Pooled }) {
  const facts = [
    { name: 'Training images', value: `${count(pooled.images)}, at ${plural(pooled.sites.length, 'site')} together` },
    {
      name: 'Classes',
      value: pooled.classes
        .map((name, index) => `${name} ${count(pooled.class_counts[index])} (${percent((pooled.class_counts[index] ?? 0) / Math.max(1, pooled.images))})`)
        .join(', '),
    },
    { name: 'Pixels', value: `mean ${pooled.mean.toFixed(4)}, standard deviation ${pooled.std.toFixed(4)}, in units of 0 to 1` },
    {
      name: 'Learned by',
      value: (
        <>
          <Link to="/jobs/$job" params={{ job: pooled.job }}>
            {pooled.job_title}
          </Link>
          , <Clock>{(now) => ago(pooled.closed_at, now)}</Clock>
        </>
      ),
    },
  ];
  return (
    <Card
      title={`All sites together: ${pooled.task}`}
      actions={<Chip tone={pooled.secure ? 'plain' : 'warn'}>{pooled.secure ? 'securely summed' : '! summed in plain'}</Chip>}
    >
      <Facts facts={facts} />
    </Card>
  );
}
