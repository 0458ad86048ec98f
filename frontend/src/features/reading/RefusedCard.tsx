import { Button } from '@mantine/core';
import { dateTime } from '@/lib/format';
import { downloadText } from '@/lib/download';
import { Card } from '@/ui/Card';
import { Notice } from '@/ui/Notice';
import type { Waiting } from './desk';

/** Readings that the platform will not take. They stay on this device, and can be handed to the coordinator. */
export function RefusedCard({ refused }: { refused: Waiting[] }) {
  if (refused.length === 0) return null;
  const save = () => downloadText('readings-not-taken.json', JSON.stringify(refused.map(({ user: _user, ...rest }) => rest), null, 2), 'application/json');
  return (
    <Card title="Not taken by the platform" tone="warn" actions={<Button onClick={save}>Save as a file</Button>}>
      <Notice tone="warn" title="Nothing of it is lost: it stays on this device">
        <ul>
          {refused.map((one) => (
            <li key={one.id}>
              {one.label}, read {dateTime(one.read_at)}: {one.refused}
            </li>
          ))}
        </ul>
      </Notice>
    </Card>
  );
}
