import { ago } from '@/lib/format';
import { useNow } from '@/lib/now';
import { presence } from '@/lib/states';
import { Chip, type Tone } from './Chip';

const LOOK: Record<ReturnType<typeof presence>, { tone: Tone; sign: string }> = {
  present: { tone: 'ok', sign: '●' },
  late: { tone: 'warn', sign: '◐' },
  absent: { tone: 'bad', sign: '○' },
  never: { tone: 'plain', sign: '○' },
};

export function Heartbeat({ lastSeen }: { lastSeen: string | null }) {
  const now = useNow();
  const { tone, sign } = LOOK[presence(lastSeen, now)];
  return (
    <Chip tone={tone} {...(lastSeen !== null && { title: lastSeen })}>
      <span aria-hidden="true">{sign}</span>
      {ago(lastSeen, now)}
    </Chip>
  );
}
