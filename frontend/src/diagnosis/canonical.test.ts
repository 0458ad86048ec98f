import { expect, it } from 'vitest';
import { canonicalJson, type Json } from './canonical';

const written = (value: Json) => new TextDecoder().decode(canonicalJson(value));

it('writes keys in the order of their code points, without white space', () => {
  expect(written({ b: [1, true, null], a: 'ü "x"\n\u0001', '\u{1f600}': 1, '\uffee': 2 })).toBe('{"a":"ü \\"x\\"\\n\\u0001","b":[1,true,null],"\uffee":2,"\u{1f600}":1}');
});

it('refuses what two languages would write in two ways', () => {
  expect(() => canonicalJson({ scale: 57.25 })).toThrow(/\$\.scale is 57\.25/);
  expect(() => canonicalJson([2 ** 53])).toThrow(/below 2\^53/);
  expect(() => canonicalJson('\ud800')).toThrow(/half a character/);
});
