import type { Lane, StepKind } from '@/api/types';
import { ago, bytes, count, duration } from '@/lib/format';
import { Clock } from '@/ui/Clock';
import { SiteName } from '@/ui/SiteName';
import { LaneBar } from './LaneBar';
import styles from './LanesCard.module.css';
import { phaseLook } from './phases';
import type { SiteEntry } from './siteBook';

interface Props {
  lane: Lane;
  site: SiteEntry;
  start: number;
  end: number;
  width: number;
  open: boolean;
  kind: StepKind;
  silentSince: string | undefined;
}

function spoken({ spans }: Lane, kind: StepKind, end: number): string {
  return spans
    .filter(({ phase }) => phase !== 'done' && phase !== 'dropped')
    .map((span) => `${phaseLook(span.phase, kind).label} ${duration(((span.end === null ? end : Date.parse(span.end)) - Date.parse(span.start)) / 1000)}`)
    .join(', ');
}

export function LaneRow({ lane, site, start, end, width, open, kind, silentSince }: Props) {
  const { doing } = phaseLook(lane.phase, kind);
  const progress = lane.progress === null ? '' : `, ${count(lane.progress.done)} of ${count(lane.progress.total)}`;
  const state = lane.phase === 'waiting' && lane.size_bytes !== null ? 'in, waiting' : `${doing}${progress}`;
  return (
    <div className={styles.lane}>
      <SiteName
        name={site.name}
        colour={site.colour}
        note={silentSince === undefined ? state : <span className={styles.late}><Clock>{(now) => `! not heard since ${ago(silentSince, now)}`}</Clock></span>}
      />
      <LaneBar lane={lane} start={start} end={end} width={width} open={open} kind={kind} label={`${site.name}: ${spoken(lane, kind, end)}; now ${state}`} />
      <span className={styles.number}>{lane.size_bytes === null ? '–' : bytes(lane.size_bytes)}</span>
    </div>
  );
}
