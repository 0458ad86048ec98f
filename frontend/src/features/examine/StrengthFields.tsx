import { NumberInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import styles from '@/ui/Form.module.css';
import { type AuditValues, searches } from './audit';

interface Props {
  form: UseFormReturnType<AuditValues>;
  sites: number;
  least: number;
}

/** How hard is attacked, and of how many images it is known afterwards. */
export function StrengthFields({ form, sites, least }: Props) {
  return (
    <Card title="How hard, and how often">
      <div className={styles.stack}>
        <div className={styles.row}>
          <NumberInput label="Batches attacked" description="At each site, in each view and batch size" min={1} max={1000} {...form.getInputProps('victims')} />
          <NumberInput label="Images of the positive control" description="Attacked singly, where the attack is known to work" min={1} max={1000} {...form.getInputProps('positiveVictims')} />
          <NumberInput label="Gallery" description="Among so many images of its class one must be found" min={100} max={10_000} step={50} suffix=" images" {...form.getInputProps('gallery')} />
          <NumberInput label="Iterations" description="Of one search" min={10} max={100_000} step={200} {...form.getInputProps('iterations')} />
          <NumberInput label="Attempts" description="Searches from other beginnings; those that fit about as well are averaged" min={1} max={64} {...form.getInputProps('restarts')} />
          <NumberInput label="A sum needs at least" description={`${plural(sites, 'site')} can take part, ${least} or more needed`} min={least} suffix=" sites" {...form.getInputProps('minSurvivors')} />
        </div>
        <details className={styles.more}>
          <summary>More about the search</summary>
          <div className={styles.row}>
            <NumberInput label="Weight of smoothness" description="Total variation; 0 is off" min={0} max={10} step={0.001} decimalScale={5} {...form.getInputProps('tvWeight')} />
            <NumberInput label="Seed" description="Of the images chosen and of the beginnings" min={0} {...form.getInputProps('seed')} />
          </div>
        </details>
        <p className="dim">{`Each site runs ${plural(searches(form.values), 'search', 'searches')}, and as many without what was seen. Few images make wide intervals: 20 or more in all tell guessing from finding.`}</p>
      </div>
    </Card>
  );
}
