import type { Marker, SiteStyle } from './sites';

/** How a class is drawn wherever curves of several stand together. Sites keep their own colours; a class never takes one. */

export const CLASS_STYLES = 6;

const MARKERS: readonly Marker[] = ['circle', 'diamond', 'triangle', 'square', 'down', 'hexagon'];
const DASHES: readonly string[] = ['', '8 3', '2 3', '10 3 2 3', '5 2', '1 3 6 3'];

/** The style of a class by its place in the model's order; beyond six, colours and markers come again with other dashes. */
export function classStyle(index: number): SiteStyle {
  const place = index % CLASS_STYLES;
  const turn = Math.floor(index / CLASS_STYLES);
  return { colour: `var(--class-${place})`, marker: MARKERS[place] ?? 'circle', dash: DASHES[(place + turn) % CLASS_STYLES] ?? '' };
}
