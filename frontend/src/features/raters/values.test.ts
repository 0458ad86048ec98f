import { describe, expect, it } from 'vitest';
import { check, defaults, summary, toStudy } from './values';

const whole = { ...defaults('f'), title: ' Chests ', question: 'Which?', classes: 'normal, viral', margin: 0.05 as const, cases: 'case,sha256,truth\n1,a,viral\n' };

describe('the form of a reader study', () => {
  it('finds what is missing or does not fit', () => {
    expect(Object.keys(check(defaults('f')))).toEqual(['title', 'question', 'classes', 'cases']);
    expect(check({ ...whole, classes: 'one' })).toHaveProperty('classes');
    expect(check({ ...whole, classes: 'a,a' })).toHaveProperty('classes');
    expect(check({ ...whole, margin: 1 })).toHaveProperty('margin');
    expect(check(whole)).toEqual({});
  });

  it('sends a margin as it is written, and none where none is stated', () => {
    expect(toStudy(whole, 'id')).toMatchObject({ title: 'Chests', classes: ['normal', 'viral'], margin: '0.050' });
    expect(toStudy({ ...whole, margin: '' }, 'id').margin).toBeNull();
  });

  it('counts the rows of a table and knows what is none', () => {
    expect(summary('\ufeffcase,sha256,truth\r\n1,a,viral\r\n2,b,normal\r\n')).toEqual({ rows: 2, classes: ['normal', 'viral'] });
    expect(summary('path,label\nx,viral\n')).toBeNull();
  });
});
