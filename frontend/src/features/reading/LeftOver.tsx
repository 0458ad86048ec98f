import { RefusedCard } from './RefusedCard';
import { useDesk } from './useDesk';

/** Readings that are still on this device when there is nothing to read any more: tried once more, and shown. */
export function LeftOver({ study, user }: { study: string; user: string }) {
  const { waiting, trouble } = useDesk(study, user);
  return <RefusedCard refused={(waiting ?? []).map((one) => ({ ...one, refused: one.refused ?? trouble ?? 'not sent yet' }))} />;
}
