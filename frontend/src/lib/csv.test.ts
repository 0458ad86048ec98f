import { expect, it } from 'vitest';
import { toCsv } from './csv';

it('quotes what needs quotes and disarms formulas', () => {
  const csv = toCsv(['name', 'value'], [['a "b", c', 0.5], ['=SUM(A1)', null], ['-1', -1]]);
  expect(csv).toBe('name,value\r\n"a ""b"", c",0.5\r\n\'=SUM(A1),\r\n\'-1,-1\r\n');
});
