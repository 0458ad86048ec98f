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
  onConfirm: (done: () => void) => void;
}

/** A key's fingerprint, and the dialog in which a person says that it is the one they were told out of band. */
export function Fingerprint({ value, name, confirmed, command, mayConfirm = true, busy, error, onConfirm }: Props) {
  const [asking, setAsking] = useState(false);
  return (
    <span className={styles.row}>
      <Hash value={value} />
      <Chip tone={confirmed ? 'ok' : 'warn'}>{confirmed ? '✓ confirmed' : '! not confirmed'}</Chip>
      {!confirmed && mayConfirm && (
        <Button size="compact-xs" onClick={() => setAsking(true)} aria-label={`Confirm the fingerprint of ${name}`}>
          Confirm
        </Button>
      )}
      {asking && (
        <ConfirmDialog
          title={`Confirm the key of ${name}`}
          confirm="They are the same"
          busy={busy}
          error={error}
          onClose={() => setAsking(false)}
          onConfirm={() => onConfirm(() => setAsking(false))}
        >
          <p>
            Call {name} and compare, group by group, what their <code>{command}</code> prints. Do not compare by a message that came
            through this platform.
          </p>
          <p className={styles.whole}>{longHash(value)}</p>
        </ConfirmDialog>
      )}
    </span>
  );
}
