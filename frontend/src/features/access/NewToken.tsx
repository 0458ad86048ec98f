import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useCreateToken } from '@/api/access';
import type { Scope } from '@/api/types';
import { useNow } from '@/lib/now';
import { fieldErrors } from '@/lib/problem';
import { Checks } from '@/ui/Checks';
import { Notice } from '@/ui/Notice';
import styles from './NewToken.module.css';
import { Secret } from './Secret';
import { expiry, LIFETIMES, SCOPES } from './scopes';

const OPTIONS = SCOPES.map(({ scope, text }) => ({ value: scope, name: scope, text }));

/** Makes a token. It is shown once; the platform keeps only its hash. */
export function NewToken() {
  const now = useNow();
  const create = useCreateToken();
  const form = useForm({
    initialValues: { name: '', scopes: ['diagnoses', 'read'] as Scope[], days: '90', diagnoses_per_day: '' as number | '' },
    validate: {
      name: (value) => (value.trim() === '' ? 'Name the program that will use it' : value.length > 80 ? 'At most 80 characters' : null),
      scopes: (value) => (value.length === 0 ? 'A token without a scope may do nothing; choose one' : null),
    },
  });
  return (
    <div className={styles.new}>
      <form
        noValidate
        aria-label="Make a token"
        onSubmit={form.onSubmit(({ name, scopes, days, diagnoses_per_day: quota }) =>
          create.mutate(
            { name: name.trim(), scopes, expires_at: expiry(days, now), diagnoses_per_day: quota === '' ? null : quota },
            { onSuccess: () => form.reset(), onError: (error) => form.setErrors(fieldErrors(error)) },
          ),
        )}
      >
        <div className={styles.row}>
          <TextInput label="Name of the program" placeholder="PACS bridge, ward 3" {...form.getInputProps('name')} />
          <NumberInput label="Diagnoses a day" placeholder="as many as you" min={1} max={100_000} {...form.getInputProps('diagnoses_per_day')} />
          <NativeSelect label="Good for" data={LIFETIMES} {...form.getInputProps('days')} />
          <Button type="submit" variant="filled" loading={create.isPending} disabled={create.data !== undefined}>
            Make a token
          </Button>
        </div>
        <Checks
          legend="It may"
          options={OPTIONS}
          chosen={form.values.scopes}
          onChange={(chosen) => form.setFieldValue('scopes', chosen as Scope[])}
          error={typeof form.errors.scopes === 'string' ? form.errors.scopes : null}
        />
      </form>
      {create.error !== null && Object.keys(fieldErrors(create.error)).length === 0 && (
        <Notice tone="bad" role="alert" title="No token was made">
          {create.error.message}
        </Notice>
      )}
      {create.data !== undefined && (
        <Secret title={`Token of ${create.data.name}`} text={create.data.token} onDone={() => create.reset()}>
          Put it where only that program can read it, such as its environment as <code>PRIMIA_TOKEN</code>.
        </Secret>
      )}
    </div>
  );
}
