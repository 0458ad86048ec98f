import { useCallback, useEffect, useRef, useState } from 'react';
import type { Study, Worklist } from '@/api/readings';
import { joined, match, type Matched } from './pictures';
import { Preparation } from './Preparation';
import { rowsOf } from './rows';
import { Surface } from './Surface';
import { useDesk } from './useDesk';

interface Props {
  study: Study;
  user: string;
  worklist: Worklist;
}

/** A reader with their pictures: gets them ready, then reads. */
export function ReadingDesk({ study, user, worklist }: Props) {
  const { waiting, taken, trouble, give } = useDesk(study.id, user);
  const [matched, setMatched] = useState<Matched | null>(null);
  const [matching, setMatching] = useState<{ done: number; all: number } | null>(null);
  const [reading, setReading] = useState(false);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const [unread, setUnread] = useState<string | null>(null);
  const compare = async (files: File[]) => {
    setUnread(null);
    setMatching({ done: 0, all: files.length });
    try {
      const found = await match(files, worklist.items, (done, all) => setMatching({ done, all }), () => here.current);
      if (found !== null) setMatched((before) => joined(before, found));
    } catch (error) {
      setUnread(error instanceof Error ? error.message : String(error));
    } finally {
      setMatching(null);
    }
  };
  const leave = useCallback(() => setReading(false), []);
  const kept = waiting ?? [];
  const rows = rowsOf(worklist.items, kept, taken);
  if (reading && matched !== null && waiting !== null) {
    return <Surface study={study} user={user} rows={rows} matched={matched} unsent={kept.filter(({ refused }) => refused === null).length} trouble={trouble} onGive={give} onLeave={leave} />;
  }
  return <Preparation study={study} rows={rows} matched={matched} matching={matching} unread={unread} waiting={kept} trouble={trouble} onFiles={(files) => void compare(files)} onBegin={() => setReading(true)} />;
}
