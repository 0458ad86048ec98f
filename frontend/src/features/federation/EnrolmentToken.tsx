import { Button } from '@mantine/core';
import type { Enrolment } from '@/api/types';
import { dateTime } from '@/lib/format';
import { CopyText } from '@/ui/CopyText';
import { Notice } from '@/ui/Notice';
import styles from './EnrolmentToken.module.css';

interface Props {
  enrolment: Enrolment;
  onDone: () => void;
}

/** What the hospital's own people type; the token is the only secret in it, and it is good once. */
function commands({ site_slug, site_name, token }: Enrolment): string {
  return [
    `primia site init ${site_slug} --name ${JSON.stringify(site_name)} --data FOLDER_OR_CSV`,
    `primia site enrol --hub ${window.location.origin} --token ${token}`,
    'primia site run',
  ].join('\n');
}

export function EnrolmentToken({ enrolment, onDone }: Props) {
  return (
    <div className={styles.token} role="status">
      <Notice tone="warn" title={`Token for ${enrolment.site_name}: shown once, never again`} actions={<Button onClick={onDone}>I have it</Button>}>
        Give it to the hospital by a safe way. It works for one site, once, until {dateTime(enrolment.expires_at)}.
      </Notice>
      <p>At the hospital, with PriMIA installed, type:</p>
      <CopyText label="Commands to type at the hospital" text={commands(enrolment)} />
      <ol>
        <li>The agent makes its own key there, and joins over one outgoing connection.</li>
        <li>It appears in the table above, with a fingerprint that is not yet confirmed.</li>
        <li>Call the hospital, compare the fingerprint, and confirm it.</li>
      </ol>
    </div>
  );
}
