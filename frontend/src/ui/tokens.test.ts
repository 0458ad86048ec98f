import { describe, expect, it } from 'vitest';
import { contrast } from '@/lib/contrast';
import { CLASS_STYLES, classStyle } from '@/lib/classes';
import { SITE_STYLES, siteStyle } from '@/lib/sites';
import css from './tokens.css?raw';

function tokens(scheme: 'light' | 'dark'): Map<string, string> {
  const block = css.split(`[data-mantine-color-scheme='${scheme}'] {`)[1]?.split('}')[0] ?? '';
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name ?? '', value ?? '']));
}

const TEXT: [string, string[]][] = [
  ['ink', ['bg', 'card', 'raised', 'accent-soft', 'ok-soft', 'warn-soft', 'bad-soft', 'phase-waiting']],
  ['ink2', ['bg', 'card', 'raised', 'accent-soft', 'ok-soft', 'warn-soft', 'bad-soft']],
  ['ink3', ['bg', 'card', 'raised', 'phase-waiting']],
  ['accent', ['bg', 'card', 'raised', 'accent-soft']],
  ['ok', ['bg', 'card', 'ok-soft']],
  ['warn', ['bg', 'card', 'warn-soft']],
  ['bad', ['bg', 'card', 'bad-soft']],
  ['on-accent', ['accent', 'accent-hover', 'bad', 'bad-hover']],
  ['on-training', ['phase-training']],
  ['ink', ['phase-fetching']],
  ['on-phase', ['phase-masking', 'phase-uploading', 'phase-agreeing', 'phase-done', 'phase-dropped']],
];

const GRAPHICS = ['control', 'hub', 'phase-masking', 'phase-uploading', 'phase-agreeing', 'phase-done', 'phase-dropped'];

describe.each(['light', 'dark'] as const)('%s tokens', (scheme) => {
  const colour = tokens(scheme);
  const of = (name: string): string => {
    const value = colour.get(name);
    if (value === undefined) throw new RangeError(`no token --${name} in ${scheme}`);
    return value;
  };

  it.each(TEXT)('--%s is readable on its grounds (4.5 : 1)', (ink, grounds) => {
    for (const ground of grounds) {
      expect(contrast(of(ink), of(ground)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(GRAPHICS)('--%s stands out from a card (3 : 1)', (name) => {
    expect(contrast(of(name), of('card'))).toBeGreaterThanOrEqual(3);
  });

  it('gives every site a colour that stands out, a marker and a dash of its own', () => {
    const styles = Array.from({ length: SITE_STYLES }, (_, index) => siteStyle(index));
    for (let index = 0; index < SITE_STYLES; index += 1) {
      expect(contrast(of(`site-${index}`), of('card')), `site-${index}`).toBeGreaterThanOrEqual(3);
    }
    expect(new Set(styles.map(({ marker }) => marker)).size).toBe(SITE_STYLES);
    expect(new Set(styles.map(({ dash }) => dash)).size).toBe(SITE_STYLES);
  });

  it('gives every class the same, in colours of its own', () => {
    const styles = Array.from({ length: CLASS_STYLES }, (_, index) => classStyle(index));
    for (let index = 0; index < CLASS_STYLES; index += 1) {
      expect(contrast(of(`class-${index}`), of('card')), `class-${index}`).toBeGreaterThanOrEqual(3);
      expect(Array.from({ length: SITE_STYLES }, (_, site) => of(`site-${site}`))).not.toContain(of(`class-${index}`));
    }
    expect(new Set(styles.map(({ marker }) => marker)).size).toBe(CLASS_STYLES);
    expect(new Set(styles.map(({ dash }) => dash)).size).toBe(CLASS_STYLES);
  });

  it('has the same names as the other scheme', () => {
    const other = tokens(scheme === 'light' ? 'dark' : 'light');
    expect([...colour.keys()].sort()).toEqual([...other.keys()].sort());
  });
});

it('never draws two sites alike, also beyond eight', () => {
  const drawn = Array.from({ length: 64 }, (_, index) => JSON.stringify(siteStyle(index)));
  expect(new Set(drawn).size).toBe(64);
});
