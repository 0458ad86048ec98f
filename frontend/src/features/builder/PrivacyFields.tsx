import { NumberInput, Switch } from '@mantine/core';
import { plural } from '@/lib/format';
import { Card } from '@/ui/Card';
import styles from '@/ui/Form.module.css';
import { Notice } from '@/ui/Notice';
import type { BuilderFormState } from './form';

interface Props {
  form: BuilderFormState;
  sites: number;
  least: number;
}

export function PrivacyFields({ form, sites, least }: Props) {
  const { secure, promise } = form.values;
  return (
    <Card title="Aggregation">
      <div className={styles.stack}>
        <div className={styles.row}>
          <Switch label="Secure aggregation" description={promise === 'distributed' ? 'A site’s own share of the noise suffices only in a secure sum' : 'Sites mask their updates; only the sum can be opened'} disabled={promise === 'distributed'} {...form.getInputProps('secure', { type: 'checkbox' })} />
          <NumberInput
            label="A sum needs at least"
            description={`${plural(sites, 'site')} can take part, ${least} or more needed`}
            min={least}
            suffix=" sites"
            {...form.getInputProps('minSurvivors')}
          />
        </div>
        {!secure && (
          <Notice tone="warn" title="The hub will see every site's update">
            Single updates can reveal images. Sites may refuse such a plan by policy.
          </Notice>
        )}
      </div>
    </Card>
  );
}
