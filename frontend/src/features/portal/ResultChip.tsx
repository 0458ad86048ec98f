import type { Remembered } from '@/diagnosis/vault';
import { Chip } from '@/ui/Chip';
import { certaintyWords } from './certainty';

/** How a remembered diagnosis stands, in two words. */
export function ResultChip({ record }: { record: Remembered }) {
  if (record.failure !== null) return <Chip tone="bad">✕ failed</Chip>;
  if (record.result === null) return <Chip>○ not opened yet</Chip>;
  const { chip, tone } = certaintyWords(record.result);
  return <Chip tone={tone}>{chip}</Chip>;
}
