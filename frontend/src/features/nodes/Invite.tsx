import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useInvite } from '@/api/nodes';
import type { NodeRole } from '@/api/types';
import { fieldErrors } from '@/lib/problem';
import { NODE_ROLES, roleWords } from '@/lib/roles';
import { Card } from '@/ui/Card';
import { Notice } from '@/ui/Notice';
import { InvitationToken } from './InvitationToken';
import styles from './Invite.module.css';

/** Makes a token with which a machine joins in one role. The token is shown once; only its hash is kept. */
export function Invite({ federation }: { federation: string }) {
  const invite = useInvite();
  const form = useForm({
    initialValues: { role: 'p0' as NodeRole, name: '' },
    validate: { name: (value) => (value.trim() === '' ? 'Enter who runs the machine' : value.length > 120 ? 'At most 120 characters' : null) },
  });
  return (
    <Card title="Invite a machine">
      <form
        className={styles.form}
        noValidate
        aria-label="Invite a machine"
        onSubmit={form.onSubmit((values) =>
          invite.mutate({ federation, ...values }, { onSuccess: () => form.reset(), onError: (error) => form.setErrors(fieldErrors(error)) }),
        )}
      >
        <NativeSelect label="Role" data={NODE_ROLES.map((role) => ({ value: role, label: roleWords(role).name }))} {...form.getInputProps('role')} />
        <TextInput label="Who runs it" placeholder="Party north" {...form.getInputProps('name')} />
        <Button type="submit" variant="filled" loading={invite.isPending} disabled={invite.data !== undefined}>
          Make a token
        </Button>
      </form>
      {invite.error !== null && (
        <Notice tone="bad" role="alert" title="No token was made">
          {invite.error.message}
        </Notice>
      )}
      {invite.data !== undefined && <InvitationToken invitation={invite.data} onDone={() => invite.reset()} />}
    </Card>
  );
}
