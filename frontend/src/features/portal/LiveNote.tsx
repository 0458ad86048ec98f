import type { LiveState } from '@/api/live';
import { Chip } from '@/ui/Chip';

/** How the page hears of progress: at once, or by asking every second. */
export function LiveNote({ state }: { state: LiveState | 'ended' }) {
  if (state === 'ended') return null;
  return <Chip tone={state === 'live' ? 'ok' : 'plain'}>{state === 'live' ? '● live' : '○ asking every second'}</Chip>;
}
