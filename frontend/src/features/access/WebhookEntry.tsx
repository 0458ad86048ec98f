import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTestWebhook } from '@/api/access';
import type { Webhook } from '@/api/types';
import { Chip } from '@/ui/Chip';
import { Notice } from '@/ui/Notice';
import { DeleteWebhook } from './DeleteWebhook';
import { Deliveries } from './Deliveries';
import { KINDS } from './scopes';
import styles from './WebhooksCard.module.css';

export function WebhookEntry({ webhook }: { webhook: Webhook }) {
  const [open, setOpen] = useState(false);
  const test = useTestWebhook(webhook.id);
  const { url, kinds, active } = webhook;
  return (
    <li>
      <div className={styles.head}>
        <b>{url}</b>
        {!active && <Chip tone="warn">! switched off</Chip>}
        <div className={styles.buttons}>
          <Button size="compact-xs" loading={test.isPending} aria-label={`Send a test message to ${url}`} onClick={() => test.mutate(undefined, { onSuccess: () => setOpen(true) })}>
            Send a test
          </Button>
          <DeleteWebhook webhook={webhook} />
        </div>
      </div>
      <div className="dim">{`called when ${kinds.map((kind) => KINDS.find((one) => one.kind === kind)?.text ?? kind).join(', or ')}`}</div>
      {test.error !== null && (
        <Notice tone="bad" role="alert" title="No test was sent">
          {test.error.message}
        </Notice>
      )}
      <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>What was sent</summary>
        {open && <Deliveries webhook={webhook.id} />}
      </details>
    </li>
  );
}
