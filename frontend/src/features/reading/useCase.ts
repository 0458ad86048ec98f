import { useCallback, useEffect, useRef, useState } from 'react';
import { draftOf, dropDraft, keepDraft, type Waiting } from './desk';
import type { Row } from './rows';
import { useStopwatch } from './useStopwatch';

/** One case in view: when it was shown, how long it was looked at, and the answer before it is given. */

interface Of {
  study: string;
  user: string;
  row: Row;
  visible: boolean;
  asksConfidence: boolean;
}

interface Choice {
  label: string | null;
  confidence: number | null;
}

const NOTHING: Choice = { label: null, confidence: null };

export function useCase({ study, user, row, visible, asksConfidence }: Of) {
  const [choice, setChoice] = useState(NOTHING);
  const shownAt = useRef<string | null>(null);
  const { read, restart } = useStopwatch(visible);
  const now = useRef(choice);
  useEffect(() => {
    now.current = choice;
  }, [choice]);

  const keep = useCallback(() => {
    if (shownAt.current === null) return;
    void keepDraft(study, user, { case: row.case, shownAt: shownAt.current, seconds: read(), ...now.current }).catch(() => undefined);
  }, [study, user, row.case, read]);

  // The first time that the picture is in view, or goes on from before a reload.
  useEffect(() => {
    if (!visible || shownAt.current !== null) return;
    shownAt.current = new Date().toISOString();
    let wanted = true;
    draftOf(study, user, row.case)
      .then((draft) => {
        if (!wanted || draft === null) return;
        shownAt.current = draft.shownAt;
        restart(draft.seconds);
        setChoice((before) => (before.label === null ? { label: draft.label, confidence: draft.confidence } : before));
      })
      .catch(() => undefined)
      .finally(() => {
        if (wanted) keep();
      });
    return () => {
      wanted = false;
    };
  }, [visible, study, user, row.case, restart, keep]);

  useEffect(() => {
    const leave = () => {
      if (document.visibilityState === 'hidden') keep();
    };
    document.addEventListener('visibilitychange', leave);
    window.addEventListener('pagehide', keep);
    return () => {
      document.removeEventListener('visibilitychange', leave);
      window.removeEventListener('pagehide', keep);
    };
  }, [keep]);

  const choose = (change: Partial<Choice>) => {
    now.current = { ...now.current, ...change };
    setChoice(now.current);
    keep();
  };
  const complete = visible && choice.label !== null && (!asksConfidence || choice.confidence !== null);

  /** The answer as it will be kept for good; null while something of it is missing. */
  const finish = (): Waiting | null => {
    const { label, confidence } = now.current;
    if (!visible || label === null || shownAt.current === null || (asksConfidence && confidence === null)) return null;
    void dropDraft(study, user, row.case).catch(() => undefined);
    const readAt = new Date(Math.max(Date.now(), Date.parse(shownAt.current))).toISOString();
    return {
      id: crypto.randomUUID(), study, user, given: Date.now(), refused: null, case: row.case, label, confidence: asksConfidence ? confidence : null,
      shown_at: shownAt.current, read_at: readAt, seconds: Math.round(read() * 1000) / 1000, replaces: row.said?.id ?? null,
    };
  };
  return { choice, choose, clear: () => choose(NOTHING), complete, finish };
}
