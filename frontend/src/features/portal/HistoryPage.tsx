import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { forgetDiagnosis } from '@/api/diagnoses';
import { sessionQuery } from '@/api/session';
import { forget } from '@/diagnosis/vault';
import { isForbidden, loggedOut } from '@/lib/problem';
import { plural } from '@/lib/format';
import { Async } from '@/ui/Async';
import { Card } from '@/ui/Card';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { Empty } from '@/ui/Empty';
import { Page } from '@/ui/Page';
import { Problem } from '@/ui/Problem';
import { HistoryTable } from './HistoryTable';
import { historyQuery, useVaultBell } from './memory';

/** What this browser remembers. The platform has no such list of results, and cannot make one. */
export function HistoryPage() {
  useVaultBell();
  const session = useQuery(sessionQuery);
  const user = session.data?.user?.username ?? '';
  const rows = useQuery({ ...historyQuery(user), enabled: user !== '' });
  const [asking, setAsking] = useState(false);
  const erase = useMutation({
    mutationFn: async () => {
      for (const { id } of rows.data ?? []) {
        await forgetDiagnosis(id).catch((error: unknown) => {
          if (!isForbidden(error)) throw error; // The platform has forgotten it already.
        });
        await forget(id);
      }
    },
    onSuccess: () => setAsking(false),
  });
  return (
    <Page title="History of this device" sub="Results that were opened in this browser. They are stored here, unencrypted, and nowhere else." actions={(rows.data?.length ?? 0) > 0 && <Button onClick={() => setAsking(true)}>Delete all</Button>}>
      <Card label="History">
        {session.data?.user === null ? (
          <Problem what="the history" error={loggedOut()} />
        ) : (
          <Async what="the history" query={rows} empty={(all) => all.length === 0 && <Empty title="Nothing has been sent from this browser" action={<Link to="/diagnose">Choose a service</Link>}>Results stand here once you have opened one.</Empty>}>
            {(all) => <HistoryTable rows={all} />}
          </Async>
        )}
      </Card>
      {asking && (
        <ConfirmDialog title={`Delete ${plural(rows.data?.length ?? 0, 'diagnosis', 'diagnoses')}?`} confirm="Delete all" danger busy={erase.isPending} error={erase.error?.message ?? null} onClose={() => setAsking(false)} onConfirm={() => erase.mutate()}>
          <p>Results, pictures and keys leave this browser, and the platform forgets the requests. Answers that are still on their way are lost.</p>
        </ConfirmDialog>
      )}
    </Page>
  );
}
