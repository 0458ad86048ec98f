import { Button } from '@mantine/core';
import { useState } from 'react';
import { useConfirmFingerprint } from '@/api/federations';
import type { Site } from '@/api/types';
import { longHash } from '@/lib/format';
import { Chip } from '@/ui/Chip';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { Hash } from '@/ui/Hash';
import styles from './Fingerprint.module.css';

interface Props {
  federation: string;
  site: Site;
}

/** Only a fingerprint that a person compared out of band counts towards the least number of sites. */
export function Fingerprint({ federation, site }: Props) {
  const [asking, setAsking] = useState(false);
  const confirm = useConfirmFingerprint(federation);
  const { fingerprint } = site;
  return (
    <span className={styles.row}>
      <Hash value={fingerprint} />
      {site.confirmed ? (
        <Chip tone="ok">✓ confirmed</Chip>
      ) : (
        <>
          <Chip tone="warn">! not confirmed</Chip>
          <Button size="compact-xs" onClick={() => setAsking(true)} aria-label={`Confirm the fingerprint of ${site.name}`}>
            Confirm
          </Button>
        </>
      )}
      {asking && (
        <ConfirmDialog
          title={`Confirm the key of ${site.name}`}
          confirm="They are the same"
          busy={confirm.isPending}
          error={confirm.error?.message ?? null}
          onClose={() => setAsking(false)}
          onConfirm={() => confirm.mutate({ site: site.id, fingerprint }, { onSuccess: () => setAsking(false) })}
        >
          <p>
            Call {site.name} and compare, group by group, what their <code>primia site status</code> prints. Do not compare by a
            message that came through this platform.
          </p>
          <p className={styles.whole}>{longHash(fingerprint)}</p>
        </ConfirmDialog>
      )}
    </span>
  );
}
