import { useLayoutEffect } from 'react';

/** Keys of the reading surface. A field that is being typed in, or a slider that is being moved, keeps its own. */

export type Keys = Record<string, () => void>;

export function useKeys(keys: Keys): void {
  // With the render that they belong to: a key pressed on what has just appeared is that one's, not the one's before.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const { target } = event;
      const slider = target instanceof HTMLInputElement;
      // On a button Enter presses it; on an answer it goes on, as everywhere else.
      const button = target instanceof HTMLButtonElement && target.getAttribute('role') !== 'radio' && ['Enter', ' '].includes(event.key);
      if (button || (slider && !/^([1-9]|Enter)$/.test(event.key))) return;
      const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (act === undefined) return;
      event.preventDefault();
      if (!event.repeat || event.key.startsWith('Arrow') || ['+', '=', '-'].includes(event.key)) act();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [keys]);
}
