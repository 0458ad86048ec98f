import type { Lane } from '@/api/types';
import { ago, bytes, count, duration } from '@/lib/format';
import { Clock } from '@/ui/Clock';
import { SiteName } from '@/ui/SiteName';
import { LaneBar } from './LaneBar';
import styles from './LanesCard.module.css';
import { PHASES } from './phases';
import type { SiteEntry } from './siteBook';

interface Props {
  lane: Lane;
  site: SiteEntry;
  start: number;
  end: number;
  width: number;
  open: boolean;
  silentSince: string | undefined;
}

function spoken({ spans }: Lane, end: number): string {
  return spans
    .filter(({ phase }) => phase !== 'done' && phase !== 'dropped')
    .map((span) => `${PHASES[span.phase].label} ${duration(((span.end === null ? end : Date.parse(span.end)) - Date.parse(span.start)) / 1000)}`)
    .join(', ');
}

export function LaneRow({ lane, site, start, end, width, open, silentSince }: Props) {
  const { doing } = PHASES[lane.phase];
  const progress = lane.progress === null ? '' : `, ${count(lane.progress.done)} of ${count(lane.progress.total)}`;
  const state = lane.phase === 'waiting' && lane.size_bytes !== null ? 'in, waiting' : `${doing}${progress}`;
  return (
    <div className={styles.lane}>
      <SiteName
        name={site.name}
        colour={site.colour}
        note={silentSince === undefined ? state : <span className={styles.late}><Clock>{(now) => `! not heard since ${ago(silentSince, now)}`}</Clock></span>}
      />
      <LaneBar lane={lane} start={start} end={end} width={width} open={open} label={`${site.name}: ${spoken(lane, end)}; now ${state}`} />
      <span className={styles.number}>{lane.size_bytes === null ? '–' : bytes(lane.size_bytes)}</span>
    </div>
  );
}
