import { type PointerEvent, useEffect, useRef } from 'react';
import { paint, type Window } from '@/diagnosis/imaging/window';
import { percent } from '@/lib/format';
import styles from './Stage.module.css';
import type { Decoded } from './useDecoded';
import type { LookActions, Place } from './useLook';

interface Props {
  name: string;
  decoded: Decoded;
  place: Place;
  shown: Window;
  act: LookActions;
}

const WINDOW_PER_PIXEL = 0.25;

/** The picture: drag moves it, the wheel zooms, drag with the right button or Shift changes the window. */
export function Stage({ name, decoded, place, shown, act }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const view = decoded.state === 'there' ? decoded.view : null;
  useEffect(() => {
    if (canvas.current !== null && view !== null) paint(canvas.current, view, shown);
  }, [view, shown]);
  // React listens to wheels passively; a page that scrolls away under the picture is no zoom.
  useEffect(() => {
    const element = stage.current;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      act.zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15);
    };
    element?.addEventListener('wheel', turn, { passive: false });
    return () => element?.removeEventListener('wheel', turn);
  }, [act]);
  const drag = ({ buttons, shiftKey, movementX, movementY, currentTarget, pointerId }: PointerEvent<HTMLDivElement>) => {
    if (buttons === 0) return;
    currentTarget.setPointerCapture(pointerId);
    if (buttons === 2 || shiftKey) act.windowBy(movementX * WINDOW_PER_PIXEL, -movementY * WINDOW_PER_PIXEL);
    else act.moveBy(movementX, movementY);
  };
  return (
    <div ref={stage} className={styles.stage} onPointerMove={drag} onContextMenu={(event) => event.preventDefault()} onDoubleClick={() => act.zoomBy(2)}>
      {view !== null && (
        <canvas
          ref={canvas}
          width={view.width}
          height={view.height}
          role="img"
          aria-label={`${name}, shown on this device only`}
          style={{ transform: `translate(${place.x}px, ${place.y}px) scale(${place.zoom})` }}
        />
      )}
      {decoded.state === 'reading' && <p role="status">Opening the picture</p>}
      {decoded.state === 'refused' && (
        <p role="alert">
          <b>This picture cannot be shown.</b> {decoded.why}
        </p>
      )}
      {place.zoom > 1 && <span className={styles.zoom}>{percent(place.zoom).replace('.0', '')}</span>}
    </div>
  );
}
