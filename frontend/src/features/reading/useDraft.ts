import { useEffect, useState } from 'react';
import { type Draft, draftOf } from './desk';

/** What this device kept of a case that was looked at and not answered: undefined while it is looked up, null for nothing. */
export function useDraft(study: string, user: string, of: string): Draft | null | undefined {
  const [draft, setDraft] = useState<Draft | null>();
  useEffect(() => {
    let wanted = true;
    draftOf(study, user, of)
      // A device without the store reads on and keeps nothing of what is not given.
      .catch(() => null)
      .then((found) => {
        if (wanted) setDraft(found);
      });
    return () => {
      wanted = false;
    };
  }, [study, user, of]);
  return draft;
}
