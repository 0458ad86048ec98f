import 'fake-indexeddb/auto';
import { act, renderHook } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { draftOf, dropDrafts } from './desk';
import { useCase } from './useCase';

const AT = { study: 's', user: 'ada', row: { case: 'c', position: 1, said: null }, draft: null, visible: true, asksConfidence: false };
const inView = () => renderHook(() => useCase(AT));
const kept = () => draftOf('s', 'ada', 'c');

afterEach(() => dropDrafts('s', 'ada'));

describe('a case in view', () => {
  it('is no draft any more once it is given, whatever is pressed until the next one is there', async () => {
    const { result, unmount } = inView();
    act(() => result.current.choose({ label: 'normal' }));
    expect(await kept()).toMatchObject({ label: 'normal' });
    expect(result.current.finish()).toMatchObject({ label: 'normal' });
    act(() => result.current.choose({ label: 'viral' }));
    window.dispatchEvent(new Event('pagehide'));
    expect(result.current.finish()).toBeNull();
    unmount();
    expect(await kept()).toBeNull();
  });

  it('is a draft again when what was given could not be kept', async () => {
    const { result } = inView();
    act(() => result.current.choose({ label: 'normal' }));
    result.current.finish();
    result.current.reopen();
    expect(await kept()).toMatchObject({ label: 'normal' });
    expect(result.current.finish()).toMatchObject({ label: 'normal' });
  });

  it('keeps the time that was spent on it since the last key when the reader leaves it', async () => {
    let now = 1_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const { result, unmount } = inView();
    act(() => result.current.choose({ label: 'normal' }));
    now += 7_000;
    unmount();
    expect(await kept()).toMatchObject({ label: 'normal', seconds: 7 });
  });
});
