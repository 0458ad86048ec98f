import { markerPath, type SiteStyle } from '@/lib/sites';

/** The sign of a rater; decorative, because the name stands beside it. */
export function RaterMark({ style }: { style: SiteStyle }) {
  return (
    <svg width={12} height={12} viewBox="-6 -6 12 12" aria-hidden="true">
      <path d={markerPath(style.marker, 10)} fill={style.colour} />
    </svg>
  );
}
