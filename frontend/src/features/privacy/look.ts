import type { Site } from '@/api/types';
import { type SiteStyle, siteStyle } from '@/lib/sites';

/** The colours of sites by federation and short name; a site that has left takes the hub's grey. */
export type Looks = (federation: string, slug: string) => { colour: number | null; style: SiteStyle };

export function looksOf(federations: readonly { id: string; sites: readonly Site[] }[]): Looks {
  return (federation, slug) => {
    const homes = federations.filter(({ id }) => id === federation);
    const colour = homes.flatMap(({ sites }) => sites).find((site) => site.slug === slug)?.colour ?? null;
    return { colour, style: siteStyle(colour) };
  };
}
