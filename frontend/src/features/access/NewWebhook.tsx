import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useCreateWebhook } from '@/api/access';
import type { WebhookKind } from '@/api/types';
import { fieldErrors } from '@/lib/problem';
import { Checks } from '@/ui/Checks';
import { CopyText } from '@/ui/CopyText';
import { Notice } from '@/ui/Notice';
import { VERIFY_WEBHOOK } from './examples';
import styles from './NewToken.module.css';
import { Secret } from './Secret';
import { KINDS } from './scopes';

const OPTIONS = KINDS.map(({ kind, text }) => ({ value: kind, name: kind, text }));

function problemOf(url: string): string | null {
  try {
    return /^https?:$/.test(new URL(url).protocol) ? null : 'An address that begins with https://';
  } catch {
    return 'A whole address, such as https://pacs.example/primia';
  }
}

/** Makes a webhook with a secret of its own, which is shown once. */
export function NewWebhook() {
  const create = useCreateWebhook();
  const form = useForm({
    initialValues: { url: '', kinds: KINDS.map(({ kind }) => kind) },
    validate: { url: problemOf, kinds: (value) => (value.length === 0 ? 'Choose at least one' : null) },
  });
  return (
    <div className={styles.new}>
      <form
        noValidate
        aria-label="Make a webhook"
        onSubmit={form.onSubmit((values) => create.mutate(values, { onSuccess: () => form.reset(), onError: (error) => form.setErrors(fieldErrors(error)) }))}
      >
        <div className={styles.pair}>
          <TextInput label="Address to call" placeholder="https://pacs.example/primia" {...form.getInputProps('url')} />
          <Button type="submit" variant="filled" loading={create.isPending} disabled={create.data !== undefined}>
            Make a webhook
          </Button>
        </div>
        <Checks legend="Call it when" options={OPTIONS} chosen={form.values.kinds} onChange={(kinds) => form.setFieldValue('kinds', kinds as WebhookKind[])} error={typeof form.errors.kinds === 'string' ? form.errors.kinds : null} />
      </form>
      {create.error !== null && Object.keys(fieldErrors(create.error)).length === 0 && (
        <Notice tone="bad" role="alert" title="No webhook was made">
          {create.error.message}
        </Notice>
      )}
      {create.data !== undefined && (
        <>
          <Secret title="Secret of this webhook" text={create.data.secret} onDone={() => create.reset()}>
            Each message is signed with it, in the header <code>Primia-Signature</code>. The receiver checks it like this:
          </Secret>
          <CopyText label="Python code that checks a message" text={VERIFY_WEBHOOK} />
        </>
      )}
    </div>
  );
}
