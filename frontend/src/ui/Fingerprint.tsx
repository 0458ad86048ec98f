import { Button } from '@mantine/core';
import { useState } from 'react';
import { longHash } from '@/lib/format';
import { Chip } from './Chip';
import { ConfirmDialog } from './ConfirmDialog';
import styles from './Fingerprint.module.css';
import { Hash } from './Hash';

interface Props {
  value: string;
  name: string;
  confirmed: boolean;
  /** What prints the fingerprint on the other side. */
  command: string;
  mayConfirm?: boolean;
  busy: boolean;
  error: string | null;
  onConfirm: (fingerprint: string, done: () => void) => void;
}

/** A key's fingerprint, and the dialog in which a person says that it is the one they were told out of band. */
export function Fingerprint({ value, name, confirmed, command, mayConfirm = true, busy, error, onConfirm }: Props) {
  // The one that is being compared; the platform may come to tell another while somebody reads it aloud.
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <span className={styles.row}>
      <Hash value={value} />
      <Chip tone={confirmed ? 'ok' : 'warn'}>{confirmed ? '✓ confirmed' : '! not confirmed'}</Chip>
      {!confirmed && mayConfirm && (
        <Button size="compact-xs" onClick={() => setAsked(value)} aria-label={`Confirm the fingerprint of ${name}`}>
          Confirm
        </Button>
      )}
      {asked !== null && (
        <ConfirmDialog
          title={`Confirm the key of ${name}`}
          confirm="They are the same"
          busy={busy}
          error={error}
          onClose={() => setAsked(null)}
          onConfirm={() => onConfirm(asked, () => setAsked(null))}
        >
          <p>
            Call {name} and compare, group by group, what their <code>{command}</code> prints. Do not compare by a message that came
            through this platform.
          </p>
          <p className={styles.whole}>{longHash(asked)}</p>
        </ConfirmDialog>
      )}
    </span>
  );
}
