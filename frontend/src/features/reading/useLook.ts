import { useMemo, useState } from 'react';
import { AS_IT_CAME, type Window } from '@/diagnosis/imaging/window';

/** Zoom, place and window of the picture in view. Each case begins as it came, so that all are seen alike. */

export interface Place {
  zoom: number;
  x: number;
  y: number;
}

const FITTED: Place = { zoom: 1, x: 0, y: 0 };
const MOST_ZOOM = 12;
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

export interface LookActions {
  zoomBy: (factor: number) => void;
  moveBy: (x: number, y: number) => void;
  windowBy: (contrast: number, brightness: number) => void;
  invert: () => void;
  reset: () => void;
}

export function useLook(): { place: Place; shown: Window; act: LookActions } {
  const [place, setPlace] = useState(FITTED);
  const [shown, setShown] = useState(AS_IT_CAME);
  const act = useMemo<LookActions>(
    () => ({
      zoomBy: (factor) =>
        setPlace(({ zoom, x, y }) => {
          const next = clamp(zoom * factor, 1, MOST_ZOOM);
          return next === 1 ? FITTED : { zoom: next, x: (x * next) / zoom, y: (y * next) / zoom };
        }),
      moveBy: (x, y) => setPlace((before) => ({ ...before, x: before.x + x, y: before.y + y })),
      windowBy: (contrast, brightness) => setShown((before) => ({ ...before, contrast: clamp(before.contrast + contrast, 0, 100), brightness: clamp(before.brightness + brightness, 0, 100) })),
      invert: () => setShown((before) => ({ ...before, inverted: !before.inverted })),
      reset: () => {
        setPlace(FITTED);
        setShown(AS_IT_CAME);
      },
    }),
    [],
  );
  return { place, shown, act };
}
