import { markerPath, siteStyle } from '@/lib/sites';

interface Props {
  colour: number | null;
  size?: number;
}

/** The sign of a site, the same everywhere; decorative, because the name stands beside it. */
export function SiteMark({ colour, size = 10 }: Props) {
  const style = siteStyle(colour);
  return (
    <svg width={size + 2} height={size + 2} viewBox={`${-size / 2 - 1} ${-size / 2 - 1} ${size + 2} ${size + 2}`} aria-hidden="true">
      <path d={markerPath(style.marker, size)} fill={style.colour} />
    </svg>
  );
}
