import type { Site, SiteRef } from '@/api/types';

/** Names and colours of sites by their slug; a site that has left the federation keeps a name, and takes the hub's grey. */

export interface SiteEntry {
  slug: string;
  name: string;
  colour: number | null;
}

export type SiteBook = (slug: string) => SiteEntry;

export function siteBook(sites: readonly Site[], roster: readonly SiteRef[]): SiteBook {
  const known = new Map<string, SiteEntry>(roster.map(({ slug, name }) => [slug, { slug, name, colour: null }]));
  for (const { slug, name, colour } of sites) known.set(slug, { slug, name, colour });
  return (slug) => known.get(slug) ?? { slug, name: slug, colour: null };
}
