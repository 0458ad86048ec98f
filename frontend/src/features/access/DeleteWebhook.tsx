import { Button } from '@mantine/core';
import { useState } from 'react';
import { useDeleteWebhook } from '@/api/access';
import type { Webhook } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';

export function DeleteWebhook({ webhook }: { webhook: Webhook }) {
  const [asking, setAsking] = useState(false);
  const remove = useDeleteWebhook();
  return (
    <>
      <Button size="compact-xs" aria-label={`Delete the webhook to ${webhook.url}`} onClick={() => setAsking(true)}>
        Delete
      </Button>
      {asking && (
        <ConfirmDialog
          title="Delete this webhook?"
          confirm="Delete"
          danger
          busy={remove.isPending}
          error={remove.error?.message ?? null}
          onClose={() => setAsking(false)}
          onConfirm={() => remove.mutate(webhook.id, { onSuccess: () => setAsking(false) })}
        >
          <p>{webhook.url} is not called any more. What was sent, and the secret, are forgotten.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
