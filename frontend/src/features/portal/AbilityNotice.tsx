import { useQuery } from '@tanstack/react-query';
import { missingAbilities } from '@/diagnosis/abilities';
import { Notice } from '@/ui/Notice';

export const abilitiesQuery = { queryKey: ['abilities'], queryFn: missingAbilities, staleTime: Number.POSITIVE_INFINITY };

/** Shown only where the browser lacks something that a picture must not be given without. */
export function AbilityNotice() {
  const { data = [] } = useQuery(abilitiesQuery);
  if (data.length === 0) return null;
  return (
    <Notice tone="bad" role="alert" title="This browser cannot protect a picture">
      It lacks {data.join('; ')}. Use a current browser over https, or the command <code>primia diagnose</code>.
    </Notice>
  );
}
