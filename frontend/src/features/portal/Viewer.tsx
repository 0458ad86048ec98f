import { Button, SegmentedControl } from '@mantine/core';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { View } from '@/diagnosis/imaging/view';
import { percent } from '@/lib/format';
import styles from './Viewer.module.css';
import { AS_IT_CAME, paint } from '@/diagnosis/imaging/window';

interface Place {
  zoom: number;
  x: number;
  y: number;
}

const FITTED: Place = { zoom: 1, x: 0, y: 0 };
const KEY_STEP = 40;
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** The picture on the reader's own screen: zoom, move, window. By pointer, touch or keyboard; nothing of it leaves. */
export function Viewer({ view, name }: { view: View; name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState(FITTED);
  const [shown, setShown] = useState(AS_IT_CAME);
  const [tool, setTool] = useState<'move' | 'window'>('move');
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, view, shown);
  }, [view, shown]);

  const zoomBy = (factor: number) => setPlace(({ zoom, x, y }) => {
    const next = clamp(zoom * factor, 1, 12);
    return next === 1 ? FITTED : { zoom: next, x: (x * next) / zoom, y: (y * next) / zoom };
  });
  const moveBy = (x: number, y: number) => setPlace((before) => ({ ...before, x: before.x + x, y: before.y + y }));
  const windowBy = (x: number, y: number) => setShown((before) => ({ ...before, contrast: clamp(before.contrast + x, 0, 100), brightness: clamp(before.brightness - y, 0, 100) }));

  // React listens to wheels passively; a page that scrolls away under the picture is no zoom.
  useEffect(() => {
    const element = stage.current;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15);
    };
    element?.addEventListener('wheel', turn, { passive: false });
    return () => element?.removeEventListener('wheel', turn);
  }, []);

  const drag = ({ buttons, movementX, movementY, currentTarget, pointerId }: PointerEvent<HTMLDivElement>) => {
    if (buttons === 0) return;
    currentTarget.setPointerCapture(pointerId);
    if (tool === 'move') moveBy(movementX, movementY);
    else windowBy(movementX / 4, movementY / 4);
  };
  const press = (event: KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      ArrowLeft: () => moveBy(KEY_STEP, 0), ArrowRight: () => moveBy(-KEY_STEP, 0), ArrowUp: () => moveBy(0, KEY_STEP), ArrowDown: () => moveBy(0, -KEY_STEP),
      '+': () => zoomBy(1.25), '=': () => zoomBy(1.25), '-': () => zoomBy(0.8), '0': () => setPlace(FITTED),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };
  const slider = (label: 'brightness' | 'contrast', words: string) => (
    <label>
      {words}
      <input type="range" min={0} max={100} value={shown[label]} onChange={({ currentTarget: { valueAsNumber } }) => setShown((before) => ({ ...before, [label]: valueAsNumber }))} />
    </label>
  );
  return (
    <div className={styles.viewer}>
      <div ref={stage} className={styles.stage} data-tool={tool} tabIndex={0} role="application" aria-label={`Picture ${name}: plus and minus zoom, arrow keys move, 0 fits`} onPointerMove={drag} onKeyDown={press} onDoubleClick={() => zoomBy(2)}>
        <canvas ref={canvas} width={view.width} height={view.height} role="img" aria-label={`The X-ray ${name}, shown on this device only`} style={{ transform: `translate(${place.x}px, ${place.y}px) scale(${place.zoom})` }} />
        {place.zoom > 1 && <span className={styles.zoom}>{percent(place.zoom).replace('.0', '')}</span>}
      </div>
      <div className={styles.bar}>
        <SegmentedControl aria-label="What dragging does" value={tool} onChange={(value) => setTool(value === 'window' ? 'window' : 'move')} data={[{ value: 'move', label: 'Move' }, { value: 'window', label: 'Window' }]} />
        <div className={styles.buttons}>
          <Button aria-label="Zoom in" onClick={() => zoomBy(1.5)}>+</Button>
          <Button aria-label="Zoom out" onClick={() => zoomBy(1 / 1.5)}>−</Button>
          <Button aria-pressed={shown.inverted} onClick={() => setShown((before) => ({ ...before, inverted: !before.inverted }))}>Invert</Button>
          <Button onClick={() => { setPlace(FITTED); setShown(AS_IT_CAME); }}>Reset</Button>
        </div>
        <div className={styles.sliders}>
          {slider('brightness', 'Brightness (level)')}
          {slider('contrast', 'Contrast (window)')}
        </div>
      </div>
    </div>
  );
}
