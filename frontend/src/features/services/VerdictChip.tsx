import { Chip } from '@/ui/Chip';
import type { Verdict } from './verification';

interface Props {
  verdict: Verdict;
  good: string;
}

/** What this browser found when it checked by itself. */
export function VerdictChip({ verdict, good }: Props) {
  switch (verdict.kind) {
    case 'good':
      return <Chip tone="ok">✓ {good}</Chip>;
    case 'broken':
      return (
        <Chip tone="bad" title={verdict.why}>
          ✕ does not verify
        </Chip>
      );
    case 'unable':
      return <Chip title={verdict.why}>not verified here</Chip>;
  }
}
