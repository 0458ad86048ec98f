import { Button } from '@mantine/core';
import { useState } from 'react';
import { useRevokeToken } from '@/api/access';
import type { Token } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';

export function RevokeToken({ token }: { token: Token }) {
  const [asking, setAsking] = useState(false);
  const revoke = useRevokeToken();
  return (
    <>
      <Button size="compact-xs" aria-label={`Revoke ${token.name}`} onClick={() => setAsking(true)}>
        Revoke
      </Button>
      {asking && (
        <ConfirmDialog
          title={`Revoke ${token.name}?`}
          confirm="Revoke"
          danger
          busy={revoke.isPending}
          error={revoke.error?.message ?? null}
          onClose={() => setAsking(false)}
          onConfirm={() => revoke.mutate(token.id, { onSuccess: () => setAsking(false) })}
        >
          <p>Programs that use it are turned away from the next request on. It cannot be given back.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
