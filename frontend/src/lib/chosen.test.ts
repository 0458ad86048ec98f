import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useChosen } from './chosen';

const rows = (...ids: string[]) => ids.map((id) => ({ id }));
type Given = [rows: { id: string }[], id?: string];
const choosing = (...first: Given) => renderHook(([list, id]: Given) => useChosen(list, id)?.id, { initialProps: first });

it('stays with its first row when the list that is loaded anew begins with another', () => {
  const { result, rerender } = choosing(rows('a', 'b'));
  expect(result.current).toBe('a');
  rerender([rows('new', 'a', 'b')]);
  expect(result.current).toBe('a');
  rerender([rows('new', 'b')]);
  expect(result.current).toBe('new');
});

it('takes the row that is named, and nothing where there is none', () => {
  const { result, rerender } = choosing(rows('a', 'b'), 'b');
  expect(result.current).toBe('b');
  rerender([rows('a', 'b'), 'gone']);
  expect(result.current).toBe('a');
  rerender([[], 'b']);
  expect(result.current).toBeUndefined();
});
