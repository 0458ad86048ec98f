/** Reads view state out of the URL: what is not of the expected kind is left out, never an error. */

export type RawSearch = Record<string, unknown>;

export function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function whole(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}

export function oneOf<Choice extends string>(choices: readonly Choice[], value: unknown): Choice | undefined {
  return choices.find((choice) => choice === value);
}

/** Drops what is not there, so that the URL says only what differs from the default. */
export function compact<const Search extends object>(search: Search): Compact<Search> {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as Compact<Search>;
}

/** For a route: what is not known stays as an empty place, since a place left out would keep what the address said. */
export function known<const Search extends object>(search: Search): Compact<Search> {
  return search as Compact<Search>;
}

export function isFiltered(filter: object): boolean {
  return Object.values(filter).some((value) => value !== undefined);
}

type Compact<Search> = { -readonly [Name in keyof Search]?: NonNullable<Search[Name]> };
