import type { Comparison } from '@/api/readings';
import { type SiteStyle, siteStyle } from '@/lib/sites';

/** How a rater is drawn in every chart of a study: by its place among all of them, colour and marker together. */
export function raterStyle({ raters }: Comparison, name: string): SiteStyle {
  return siteStyle(Math.max(0, raters.findIndex((one) => one.name === name)));
}
