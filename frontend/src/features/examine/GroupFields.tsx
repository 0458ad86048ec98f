import { NumberInput, Switch } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { Card } from '@/ui/Card';
import { Checks } from '@/ui/Checks';
import styles from '@/ui/Form.module.css';
import { Notice } from '@/ui/Notice';
import type { EvaluationValues } from './evaluation';

const GROUPS = [
  { value: 'age', name: 'Age', text: 'in six spans; from the cohort’s table or DICOM' },
  { value: 'sex', name: 'Sex', text: 'as recorded' },
  { value: 'view', name: 'View', text: 'AP or PA: AP is taken of those who cannot stand' },
];

/** What is told apart, and what that tells of whom. */
export function GroupFields({ form }: { form: UseFormReturnType<EvaluationValues> }) {
  const { subgroups, perSite } = form.values;
  return (
    <Card title="What is told apart">
      <div className={styles.stack}>
        <Checks legend="Subgroups, summed over all sites" options={GROUPS} chosen={subgroups} onChange={(chosen) => form.setFieldValue('subgroups', chosen)} />
        {subgroups.length > 0 && (
          <div className={styles.row}>
            <NumberInput label="Smallest group" description="A group of fewer images at a site is withheld there" min={1} max={1000} suffix=" images" {...form.getInputProps('smallestCell')} />
          </div>
        )}
        <Switch label="Each site’s own figures" description="A forest of sites. Each site’s policy must allow it, else that site refuses the plan." {...form.getInputProps('perSite', { type: 'checkbox' })} />
        {perSite && (
          <Notice tone="warn" title="Each site’s confusion matrix becomes public in the federation">
            Hub and sites then see how many images of each class a site has and how often the model is wrong there. Without it they see sums alone.
          </Notice>
        )}
      </div>
    </Card>
  );
}
