import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEnrol } from '@/api/federations';
import { fieldErrors } from '@/lib/problem';
import { SLUG, slugOf } from '@/lib/slug';
import { Card } from '@/ui/Card';
import { Notice } from '@/ui/Notice';
import { EnrolmentToken } from './EnrolmentToken';
import styles from './Enrol.module.css';

/** Makes a token with which a new site's agent joins. The token is shown once; only its hash is kept. */
export function Enrol({ federation }: { federation: string }) {
  const enrol = useEnrol(federation);
  const form = useForm({
    initialValues: { site_name: '', site_slug: '' },
    validate: {
      site_name: (value) => (value.trim() === '' ? 'Enter the name of the hospital' : null),
      site_slug: (value) => (SLUG.test(value) ? null : 'Lower-case letters, digits and hyphens, such as "aalborg"'),
    },
  });
  const suggest = (name: string) => {
    const { site_name, site_slug } = form.values;
    form.setValues({ site_name: name, ...(site_slug === slugOf(site_name) && { site_slug: slugOf(name) }) });
  };
  return (
    <Card title="Enrol a site">
      <form
        className={styles.form}
        noValidate
        onSubmit={form.onSubmit((site) => enrol.mutate(site, { onSuccess: () => form.reset(), onError: (error) => form.setErrors(fieldErrors(error)) }))}
      >
        <TextInput label="Name" placeholder="University Hospital Basel" {...form.getInputProps('site_name')} onChange={({ currentTarget }) => suggest(currentTarget.value)} />
        <TextInput label="Short name" description="In addresses and logs; cannot change later" placeholder="basel" {...form.getInputProps('site_slug')} />
        <Button type="submit" variant="filled" loading={enrol.isPending} disabled={enrol.data !== undefined}>
          Make a token
        </Button>
      </form>
      {enrol.error !== null && (
        <Notice tone="bad" role="alert" title="No token was made">
          {enrol.error.message}
        </Notice>
      )}
      {enrol.data !== undefined && <EnrolmentToken enrolment={enrol.data} onDone={() => enrol.reset()} />}
    </Card>
  );
}
