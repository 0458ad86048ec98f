import { DiagnosisError } from '../../errors.ts';
import { stretched, type Unit, unitRange } from '../tone.ts';
import type { Header, Lut } from './dataset.ts';
import type { Stored } from './pixels.ts';

/** From stored values to greys, in the order of DICOM PS3.4 N.2, as primia_core/imaging/dicom.py. */

const LUMA = [0.299, 0.587, 0.114].map(Math.fround);

export function greysOf(stored: Stored, header: Header): Unit {
  if (header.samples === 3) return unitRange(lumaOf(stored, header), 0, 2 ** header.bitsStored - 1);
  const valid = validOf(stored, header.padding);
  let unit = shown(stored, header, valid);
  if (header.photometric === 'MONOCHROME1') unit = unit.map((value) => 1 - value);
  return valid === null ? unit : unit.map((value, index) => (valid[index] === 0 ? 0 : value));
}

function shown(stored: Stored, header: Header, valid: Uint8Array | null): Unit {
  const values = modality(stored, header);
  const { voiLut, window, bitsStored, signed } = header;
  if (voiLut != null) return unitRange(lookedUp(values, voiLut), 0, 2 ** voiLut.bits - 1);
  if (window !== null) return windowed(values, window);
  if (values === stored && bitsStored === 8 && !signed) return unitRange(values, 0, 255);
  return stretched(values, valid);
}

/** Stored values in the units of the machine. */
function modality(stored: Stored, { modalityLut, slope, intercept }: Header): ArrayLike<number> {
  if (modalityLut === null) return stored;
  if (modalityLut !== undefined) return lookedUp(stored, modalityLut);
  if (slope === null || intercept === null) return stored;
  return Float64Array.from(stored, (value) => value * slope + intercept);
}

function lookedUp(values: ArrayLike<number>, { first, entries }: Lut): Float64Array {
  const last = entries.length - 1;
  return Float64Array.from(values, (value) => entries[Math.min(last, Math.max(0, Math.trunc(value - first)))] ?? 0);
}

/** A window of interest (PS3.3, C.11.2.1.2 and C.11.2.1.3). */
export function windowed(values: ArrayLike<number>, { centre, width, name }: { centre: number; width: number; name: string }): Unit {
  if (width < (name === 'LINEAR' ? 1 : 1e-12)) throw new DiagnosisError('input.damaged', `The DICOM file has the window width ${width}, too small for ${name}. Correct its header.`);
  if (name === 'SIGMOID') return Float32Array.from(values, (value) => 1 / (1 + Math.exp(Math.min(700, Math.max(-700, (-4 * (value - centre)) / width)))));
  const [shift, span] = name === 'LINEAR' ? [0.5, Math.max(width - 1, 1e-6)] : [0, width];
  return Float32Array.from(values, (value) => Math.min(1, Math.max(0, (value - centre + shift) / span + 0.5)));
}

function validOf(stored: Stored, padding: Header['padding']): Uint8Array | null {
  if (padding === null) return null;
  const [low, high] = padding;
  return Uint8Array.from(stored, (value) => Number(value < low || value > high));
}

/** Colour as grey. YBR is turned to RGB first, as PS3.3, C.7.6.3.1.2. */
function lumaOf(stored: Stored, { photometric, syntax }: Header): Float32Array {
  const ybr = photometric === 'YBR_FULL' && syntax !== '1.2.840.10008.1.2.4.50';
  const [red = 0, green = 0, blue = 0] = LUMA;
  const out = new Float32Array(stored.length / 3);
  for (let pixel = 0; pixel < out.length; pixel += 1) {
    const [one, two, three] = [stored[3 * pixel] ?? 0, stored[3 * pixel + 1] ?? 0, stored[3 * pixel + 2] ?? 0];
    const [r, g, b] = ybr ? rgb(one, two - 128, three - 128) : [one, two, three];
    out[pixel] = (r ?? 0) * red + (g ?? 0) * green + (b ?? 0) * blue;
  }
  return out;
}

const rgb = (y: number, cb: number, cr: number) => [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb].map((value) => Math.min(255, Math.max(0, Math.floor(value + 0.5))));
