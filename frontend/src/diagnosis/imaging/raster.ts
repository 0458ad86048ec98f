import { DiagnosisError } from '../errors.ts';
import type { Measures } from './header.ts';
import { MOST_PIXELS, type Picture } from './picture.ts';

/** A JPEG or PNG of 8 bits as a picture: decoded by the browser, upright, without its colour management. */

export const MOST_COLOURED = 0.02;
const COLOURED = 40;
const STRIP_ROWS = 256;

/** What a decoded file gives, strip after strip: RGBA over black. */
export type Strips = (each: (pixels: Uint8ClampedArray, row: number) => void) => void;

export interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly strips: Strips;
}

export type Decode = (content: Blob) => Promise<Decoded>;

export async function rasterPicture(content: Blob, { width, height, channels }: Measures, decode: Decode = byBrowser): Promise<Picture> {
  checkPixels(width, height);
  if (channels === 4) throw new DiagnosisError('input.needs_program', 'The picture is in printing colours (CMYK), which browsers read in different ways. Use `primia diagnose`, or export it as PNG.');
  const decoded = await decode(content).catch(() => {
    throw new DiagnosisError('input.damaged', 'The file cannot be decoded. Copy it again from its source.');
  });
  const data = new Float32Array(decoded.width * decoded.height);
  let coloured = 0;
  decoded.strips((pixels, row) => {
    if (channels > 1) coloured += colouredPixels(pixels);
    greys(pixels, data, row * decoded.width);
  });
  const share = coloured / data.length;
  if (share > MOST_COLOURED) {
    throw new DiagnosisError('input.colour', `${Math.round(share * 100)} % of the picture's pixels have a colour, an X-ray has none. Give the X-ray itself, no photograph.`);
  }
  return { width: decoded.width, height: decoded.height, data };
}

export function checkPixels(width: number, height: number): void {
  if (width * height <= MOST_PIXELS) return;
  throw new DiagnosisError('input.too_large', `The picture has ${width} x ${height} pixels, a diagnosis takes ${MOST_PIXELS / 1e6} million. Shrink it first.`);
}

/** ITU-R BT.601 in the integers of Pillow, then to [0, 1]. */
function greys(pixels: Uint8ClampedArray, out: Float32Array, from: number): void {
  for (let pixel = 0; pixel < pixels.length / 4; pixel += 1) {
    const [red, green, blue] = [pixels[4 * pixel] ?? 0, pixels[4 * pixel + 1] ?? 0, pixels[4 * pixel + 2] ?? 0];
    out[from + pixel] = ((19_595 * red + 38_470 * green + 7_471 * blue + 0x8000) >> 16) / 255;
  }
}

function colouredPixels(pixels: Uint8ClampedArray): number {
  let found = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const [red, green, blue] = [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > COLOURED) found += 1;
  }
  return found;
}

/** Only where a canvas is: in a page or a worker. */
async function byBrowser(content: Blob): Promise<Decoded> {
  const bitmap = await createImageBitmap(content, { colorSpaceConversion: 'none', premultiplyAlpha: 'none', imageOrientation: 'from-image' });
  const { width, height } = bitmap;
  const strips: Strips = (each) => {
    const canvas = new OffscreenCanvas(width, Math.min(height, STRIP_ROWS));
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (context === null) throw new DiagnosisError('browser.unable', 'This browser gives no canvas to read the picture with. Use `primia diagnose`.');
    for (let row = 0; row < height; row += STRIP_ROWS) {
      const rows = Math.min(STRIP_ROWS, height - row);
      context.fillStyle = '#000000';
      context.fillRect(0, 0, width, rows);
      context.drawImage(bitmap, 0, -row);
      each(context.getImageData(0, 0, width, rows).data, row);
    }
    bitmap.close();
  };
  return { width, height, strips };
}

/** One channel of what the browser decodes, for the frames inside a DICOM file. */
export async function decodedBytes(content: Blob, channels: 1 | 3, decode: Decode = byBrowser): Promise<{ width: number; height: number; bytes: Uint8Array }> {
  const { width, height, strips } = await decode(content);
  const bytes = new Uint8Array(width * height * channels);
  strips((pixels, row) => {
    for (let pixel = 0; pixel < pixels.length / 4; pixel += 1) {
      for (let channel = 0; channel < channels; channel += 1) bytes[(row * width + pixel) * channels + channel] = pixels[4 * pixel + channel] ?? 0;
    }
  });
  return { width, height, bytes };
}
