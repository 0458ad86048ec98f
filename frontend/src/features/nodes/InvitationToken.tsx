import { Button } from '@mantine/core';
import type { NodeInvitation, NodeRole } from '@/api/types';
import { dateTime } from '@/lib/format';
import { roleWords } from '@/lib/roles';
import { CopyText } from '@/ui/CopyText';
import { Notice } from '@/ui/Notice';
import styles from './InvitationToken.module.css';

interface Props {
  invitation: NodeInvitation;
  onDone: () => void;
}

/** Who is dialled by the others, and who serves its keys from an address of its own. */
const PLACES: Record<NodeRole, string> = {
  p0: ' --address HOST:PORT --origin https://HOST',
  p1: ' --origin https://HOST',
  dealer: ' --address HOST:PORT',
  owner: '',
};

/** What the machine's own people type; the token is the only secret in it, and it is good once. */
function commands({ role, name, token }: NodeInvitation): string {
  return [
    `primia node init ${role} --name ${JSON.stringify(name)}${PLACES[role]}`,
    `primia node enrol --hub ${window.location.origin} --token ${token}`,
    'primia node confirm FINGERPRINT   # once for each of the others, as their people read it to you',
    'primia node run',
  ].join('\n');
}

export function InvitationToken({ invitation, onDone }: Props) {
  return (
    <div className={styles.token} role="status">
      <Notice
        tone="warn"
        title={`Token for ${invitation.name} as ${roleWords(invitation.role).name.toLowerCase().replace(/p(\d)/, 'P$1')}: shown once, never again`}
        actions={<Button onClick={onDone}>I have it</Button>}
      >
        Give it by a safe way to the people who run the machine. It works once, until {dateTime(invitation.expires_at)}.
      </Notice>
      <p>On that machine, with PriMIA installed, type:</p>
      <CopyText label="Commands to type on the machine" text={commands(invitation)} />
      <ol>
        <li>The machine makes its own keys: for signatures, for sealed messages and for its connections.</li>
        <li>It appears above, with a fingerprint over all three that is not yet confirmed.</li>
        <li>Call its people, compare the fingerprint, and confirm it here. They do the same for the other machines on theirs.</li>
      </ol>
    </div>
  );
}
