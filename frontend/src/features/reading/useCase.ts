import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { type Draft, dropDraft, keepDraft, type Waiting } from './desk';
import type { Row } from './rows';
import { useStopwatch } from './useStopwatch';

/** One case in view: when it was shown, how long it was looked at, and the answer before it is given. */

interface Of {
  study: string;
  user: string;
  row: Row;
  /** What was kept when the reader left this case before; undefined, and the case not visible, while it is looked up. */
  draft: Draft | null | undefined;
  visible: boolean;
  asksConfidence: boolean;
}

interface Choice {
  label: string | null;
  confidence: number | null;
}

const NOTHING: Choice = { label: null, confidence: null };

export function useCase({ study, user, row, draft, visible, asksConfidence }: Of) {
  const [made, setMade] = useState<Choice | null>(null);
  const choice = made ?? draft ?? NOTHING;
  const shownAt = useRef<string | null>(null);
  const { read, restart } = useStopwatch(visible);
  // What is below runs with the picture's own appearance: a key pressed on it finds everything in place.
  const now = useRef(choice);
  useLayoutEffect(() => {
    now.current = choice;
  }, [choice]);

  // From Enter on the answer is given: what is pressed until the next picture is there belongs to neither.
  const given = useRef(false);
  const keep = useCallback(() => {
    if (shownAt.current === null || given.current) return;
    const { label, confidence } = now.current;
    void keepDraft(study, user, { case: row.case, shownAt: shownAt.current, seconds: read(), label, confidence }).catch(() => undefined);
  }, [study, user, row.case, read]);

  // The first time that the picture is in view, or goes on from before.
  useLayoutEffect(() => {
    if (!visible || shownAt.current !== null) return;
    shownAt.current = draft?.shownAt ?? new Date().toISOString();
    restart(draft?.seconds ?? 0);
    keep();
  }, [visible, draft, restart, keep]);

  // Also when the reader goes to another case or leaves: the time since the last key was spent on this one.
  useEffect(() => {
    const leave = () => {
      if (document.visibilityState === 'hidden') keep();
    };
    document.addEventListener('visibilitychange', leave);
    window.addEventListener('pagehide', keep);
    return () => {
      document.removeEventListener('visibilitychange', leave);
      window.removeEventListener('pagehide', keep);
      keep();
    };
  }, [keep]);

  const choose = (change: Partial<Choice>) => {
    if (!visible || given.current) return; // a key reaches here before the picture does
    const { label, confidence } = { ...now.current, ...change };
    now.current = { label, confidence };
    setMade(now.current);
    keep();
  };
  const complete = visible && choice.label !== null && (!asksConfidence || choice.confidence !== null);

  /** The answer as it will be kept for good; null while something of it is missing. */
  const finish = (): Waiting | null => {
    const { label, confidence } = now.current;
    if (given.current || !visible || label === null || shownAt.current === null || (asksConfidence && confidence === null)) return null;
    given.current = true;
    void dropDraft(study, user, row.case).catch(() => undefined);
    const readAt = new Date(Math.max(Date.now(), Date.parse(shownAt.current))).toISOString();
    return {
      id: crypto.randomUUID(), study, user, given: Date.now(), refused: null, case: row.case, label, confidence: asksConfidence ? confidence : null,
      shown_at: shownAt.current, read_at: readAt, seconds: Math.round(read() * 1000) / 1000, replaces: row.said?.id ?? null,
    };
  };
  /** It could not be kept: it is a draft again. */
  const reopen = () => {
    given.current = false;
    keep();
  };
  return { choice, choose, clear: () => choose(NOTHING), complete, finish, reopen };
}
