/** How a site is drawn: colour, marker and dash together, so that no reading depends on colour. */

export const SITE_STYLES = 8;

export type Marker = 'circle' | 'square' | 'triangle' | 'diamond' | 'down' | 'plus' | 'cross' | 'hexagon';

const MARKERS: readonly Marker[] = ['circle', 'square', 'triangle', 'diamond', 'down', 'plus', 'cross', 'hexagon'];
const DASHES: readonly string[] = ['', '7 3', '2 3', '9 3 2 3', '5 2', '1 3 6 3', '12 4', '3 6'];

export interface SiteStyle {
  colour: string;
  marker: Marker;
  dash: string;
}

/** The style of a site by its fixed colour number; null is the coordinator. Beyond eight sites markers move on by one. */
export function siteStyle(index: number | null): SiteStyle {
  if (index === null) return { colour: 'var(--hub)', marker: 'square', dash: '' };
  const colour = index % SITE_STYLES;
  const turn = Math.floor(index / SITE_STYLES);
  const other = (colour + turn) % SITE_STYLES;
  return { colour: `var(--site-${colour})`, marker: MARKERS[other] ?? 'circle', dash: DASHES[other] ?? '' };
}

/** SVG path of a marker around (0, 0), about `size` across. */
export function markerPath(marker: Marker, size: number): string {
  const r = size / 2;
  const d = r * 1.15;
  const t = r * 0.36;
  switch (marker) {
    case 'circle':
      return `M${r},0A${r},${r} 0 1 1 ${-r},0A${r},${r} 0 1 1 ${r},0Z`;
    case 'square':
      return `M${-r * 0.9},${-r * 0.9}H${r * 0.9}V${r * 0.9}H${-r * 0.9}Z`;
    case 'triangle':
      return `M0,${-d}L${d},${r * 0.9}H${-d}Z`;
    case 'down':
      return `M0,${d}L${d},${-r * 0.9}H${-d}Z`;
    case 'diamond':
      return `M0,${-d}L${d},0L0,${d}L${-d},0Z`;
    case 'plus':
      return `M${-t},${-r}H${t}V${-t}H${r}V${t}H${t}V${r}H${-t}V${t}H${-r}V${-t}H${-t}Z`;
    case 'cross':
      return `M${-r},${-r + t}L${-r + t},${-r}L0,${-t}L${r - t},${-r}L${r},${-r + t}L${t},0L${r},${r - t}L${r - t},${r}L0,${t}L${-r + t},${r}L${-r},${r - t}L${-t},0Z`;
    case 'hexagon':
      return `M${-r},0L${-r / 2},${-r * 0.87}H${r / 2}L${r},0L${r / 2},${r * 0.87}H${-r / 2}Z`;
  }
}
