import { ago } from '@/lib/format';
import { useNow } from '@/lib/now';
import { roleWords } from '@/lib/roles';
import { Notice } from './Notice';

interface Machine {
  role: string;
  name: string;
  online: boolean;
  last_seen_at: string | null;
}

/** What stands still while a machine is away; without the owner nothing does. */
const MISSED: Record<string, string> = {
  p0: 'Requests wait until it is back.',
  p1: 'Requests wait until it is back.',
  dealer: 'Requests are answered as long as the stock lasts; it is not refilled.',
};

/** Says which machine of an open service has not been heard, and what that means for requests. */
export function AwayNodes({ machines }: { machines: Machine[] }) {
  const now = useNow();
  return (
    <>
      {machines
        .filter(({ role, online }) => !online && MISSED[role] !== undefined)
        .map(({ role, name, last_seen_at: seen }) => (
          <Notice key={role} tone="warn" role="status" title={`${roleWords(role).short}, ${name}, was last heard ${ago(seen, now)}`}>
            {MISSED[role]}
          </Notice>
        ))}
    </>
  );
}
