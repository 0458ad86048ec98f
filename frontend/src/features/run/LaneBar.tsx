import { scaleLinear } from 'd3-scale';
import type { Lane, StepKind } from '@/api/types';
import { duration } from '@/lib/format';
import styles from './LanesCard.module.css';
import { phaseLook } from './phases';

interface Props {
  lane: Lane;
  start: number;
  end: number;
  width: number;
  open: boolean;
  kind: StepKind;
  label: string;
}

const HEIGHT = 26;
const LETTER = 6.4;

/** The phases of one site as blocks on the attempt's clock. Final states are a short mark, not a block. */
export function LaneBar({ lane, start, end, width, open, kind, label }: Props) {
  const x = scaleLinear([start, end], [0, Math.max(1, width)]).clamp(true);
  const last = lane.spans.at(-1);
  return (
    <svg width="100%" height={HEIGHT} role="img" aria-label={label}>
      {lane.spans.map((span) => {
        const look = phaseLook(span.phase, kind);
        const final = span.phase === 'done' || span.phase === 'dropped';
        const left = x(Date.parse(span.start));
        const size = final ? 0 : x(span.end === null ? end : Date.parse(span.end)) - left;
        const fits = size > look.label.length * LETTER + 8;
        const seconds = ((span.end === null ? end : Date.parse(span.end)) - Date.parse(span.start)) / 1000;
        return (
          <g key={`${span.phase}${span.start}`}>
            <title>{final ? look.doing : `${look.doing}, ${duration(seconds)}`}</title>
            <rect x={final ? Math.max(0, left - 5) : left} width={final ? 5 : Math.max(1.5, size - 0.75)} y={3} height={20} rx={Math.min(3, Math.max(1, size / 3))} fill={look.fill} />
            {fits && (
              <text x={left + 5} y={17} fill={look.ink} className={styles.label}>
                {look.label}
              </text>
            )}
          </g>
        );
      })}
      {open && last !== undefined && last.end === null && <line x1={width - 0.75} x2={width - 0.75} y1={0} y2={HEIGHT} className={styles.now} />}
    </svg>
  );
}
