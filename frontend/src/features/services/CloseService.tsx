import { Button } from '@mantine/core';
import { useState } from 'react';
import { useCloseService } from '@/api/services';
import { useRoles } from '@/api/session';
import type { ServiceDetail } from '@/api/types';
import { plural } from '@/lib/format';
import { ConfirmDialog } from '@/ui/ConfirmDialog';

/** A service is closed by a coordinator, for good. */
export function CloseService({ service }: { service: ServiceDetail }) {
  const [asking, setAsking] = useState(false);
  const close = useCloseService(service.id);
  const roles = useRoles(service.federation.id);
  if (!roles.includes('coordinator') || service.state === 'closed') return null;
  const done = () => {
    setAsking(false);
    close.reset();
  };
  return (
    <>
      <Button onClick={() => setAsking(true)}>Close</Button>
      {asking && (
        <ConfirmDialog
          title={`Close ${service.title}?`}
          confirm="Close for good"
          danger
          busy={close.isPending}
          error={close.error?.message ?? null}
          onClose={done}
          onConfirm={() => close.mutate(undefined, { onSuccess: done })}
        >
          <p>It takes no new requests. The parties delete their halves of the weights and their stock; it cannot be opened again.</p>
          {service.waiting > 0 && <p>{plural(service.waiting, 'request waits', 'requests wait')} and will fail, with this as the reason. Answers that are ready can still be collected.</p>}
        </ConfirmDialog>
      )}
    </>
  );
}
