import { useState } from 'react';

/**
 * The row of this id; without such a row the first, and the same one for as long as it is there: a list that is loaded
 * anew may begin with another, and a form that somebody is filling in must not change under their hands.
 */
export function useChosen<Row extends { id: string }>(rows: readonly Row[], id: string | undefined): Row | undefined {
  const [kept, setKept] = useState<string>();
  const named = rows.find((row) => row.id === id);
  if (named !== undefined) return named;
  const chosen = rows.find((row) => row.id === kept) ?? rows[0];
  if (chosen !== undefined && chosen.id !== kept) setKept(chosen.id);
  return chosen;
}
