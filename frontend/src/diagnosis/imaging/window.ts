import type { View } from './view.ts';

/** Window and level of the picture on the reader's own screen. It changes what is shown, never what is sent. */

export interface Window {
  /** 0 (all is white) to 100 (all is black); 50 shows the picture as it came. */
  readonly brightness: number;
  readonly contrast: number;
  readonly inverted: boolean;
}

export const AS_IT_CAME: Window = { brightness: 50, contrast: 50, inverted: false };

/** Red, green and blue alike, and no transparency: in either order of bytes, since the grey is the same in three of them. */
const GREY = isLittleEndian() ? 0x01_01_01 : 0x01_01_01_00;
const OPAQUE = isLittleEndian() ? 0xff_00_00_00 : 0xff;

function isLittleEndian(): boolean {
  return new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
}

/** For each 16-bit grey, what the screen shows. */
export function greyTable({ brightness, contrast, inverted }: Window): Uint8ClampedArray {
  const width = 2 ** ((50 - contrast) / 18);
  const centre = 0.5 + (50 - brightness) / 50;
  const table = new Uint8ClampedArray(1 << 16);
  for (let grey = 0; grey < table.length; grey += 1) {
    const shown = ((grey / 65_535 - centre) / width + 0.5) * 255;
    table[grey] = inverted ? 255 - Math.min(255, Math.max(0, shown)) : shown;
  }
  return table;
}

export function paint(canvas: HTMLCanvasElement, { width, height, data }: View, window: Window): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const table = greyTable(window);
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let pixel = 0; pixel < data.length; pixel += 1) pixels[pixel] = OPAQUE | ((table[data[pixel] ?? 0] ?? 0) * GREY);
  context.putImageData(image, 0, 0);
}
