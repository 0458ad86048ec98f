import { describe, expect, it } from 'vitest';
import * as format from './format';

describe('format', () => {
  it('writes sizes in decimal units', () => {
    expect(format.bytes(0)).toBe('0 B');
    expect(format.bytes(999)).toBe('999 B');
    expect(format.bytes(44_712_204)).toBe('44.7 MB');
    expect(format.bytes(999_960)).toBe('1 MB');
    expect(format.bytes(314_000_000)).toBe('314 MB');
    expect(format.bytes(null)).toBe('–');
  });

  it('writes durations that a person can read', () => {
    expect(format.duration(0.04)).toBe('0.0 s');
    expect(format.duration(9.96)).toBe('10 s');
    expect(format.duration(59.4)).toBe('59 s');
    expect(format.duration(59.6)).toBe('1 min');
    expect(format.duration(250)).toBe('4 min 10 s');
    expect(format.duration(3900)).toBe('1 h 05 min');
    expect(format.duration(200_000)).toBe('2 d 7 h');
    expect(format.duration(Number.NaN)).toBe('–');
  });

  it('writes a duration where there is no room for words', () => {
    expect(format.shortDuration(9.66)).toBe('9.7 s');
    expect(format.shortDuration(59.7)).toBe('1:00');
    expect(format.shortDuration(118)).toBe('1:58');
    expect(format.shortDuration(3730)).toBe('1:02:10');
  });

  it('writes a range in one unit', () => {
    expect(format.durationRange(2640, 3480)).toBe('44 to 58 min');
    expect(format.durationRange(20, 20)).toBe('20 s');
    expect(format.durationRange(3000, 9000)).toBe('0.8 to 2.5 h');
  });

  it('keeps two places of a metric and a true minus', () => {
    expect(format.metric(0.6349)).toBe('0.63');
    expect(format.metric(-0.071)).toBe('−0.07');
    expect(format.metric(-0.001)).toBe('0.00');
    expect(format.interval(0.57, 0.692)).toBe('[0.57, 0.69]');
    expect(format.interval(null, 1)).toBe('–');
  });

  it('says how long ago, and never a time in the future', () => {
    const now = '2026-03-12T14:00:00Z';
    expect(format.ago('2026-03-12T14:00:03Z', now)).toBe('now');
    expect(format.ago('2026-03-12T13:59:22Z', now)).toBe('38 s ago');
    expect(format.ago('2026-03-09T13:00:00Z', now)).toBe('3 d ago');
    expect(format.ago(null, now)).toBe('never');
  });

  it('writes how long a step takes with as many places as say something', () => {
    expect(format.stepTime(0.00041)).toBe('0.41 ms');
    expect(format.stepTime(0.0123)).toBe('12.3 ms');
    expect(format.stepTime(0.0994)).toBe('99.4 ms');
    expect(format.stepTime(0.0996)).toBe('0.1 s');
    expect(format.stepTime(0.312)).toBe('0.31 s');
    expect(format.stepTime(12.44)).toBe('12.4 s');
    expect(format.stepTime(null)).toBe('–');
  });

  it('writes epsilon and small chances as the field does', () => {
    expect([0, 2.3149, 99.4, 142.7, null].map(format.epsilon)).toEqual(['0.00', '2.31', '99.40', '143', '–']);
    expect([1e-5, 2.5e-6, 1e-10, 0.01, null].map(format.smallChance)).toEqual(['10⁻⁵', '2.5 × 10⁻⁶', '10⁻¹⁰', '0.01', '–']);
  });

  it('names the one zone that all times are in', () => {
    expect(format.zoneLabel('2026-03-12T14:00:00Z')).toBe('UTC');
    expect(format.clock('2026-03-12T14:02:31+02:00')).toBe('12:02:31');
    expect(format.dayTime('2026-03-12T14:02:31Z', '2026-03-12T20:00:00Z')).toBe('14:02');
    expect(format.dayTime('2026-03-11T14:02:31Z', '2026-03-12T20:00:00Z')).toBe('11 Mar 2026, 14:02');
  });

  it('makes a sentence of what a machine says', () => {
    expect(format.sentence('party 1 did not come')).toBe('Party 1 did not come.');
    expect(format.sentence('Wait.')).toBe('Wait.');
  });

  it('groups a hash as people compare it', () => {
    expect(format.shortHash('9f3c1ae077d2ffff')).toBe('9f3c 1ae0 77d2');
    expect(format.longHash('9f3c1ae0')).toBe('9f3c 1ae0');
    expect(format.plural(1, 'site')).toBe('1 site');
    expect(format.plural(1200, 'site')).toBe('1,200 sites');
  });
});
