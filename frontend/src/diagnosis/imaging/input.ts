import type { InputSpec } from '../descriptor.ts';
import { DiagnosisError } from '../errors.ts';
import { deepGreyPicture } from './deepGrey.ts';
import { dicomPicture } from './dicom/picture.ts';
import { kindOf, measuresOf } from './header.ts';
import type { Picture } from './picture.ts';
import { checkPixels, type Decode, rasterPicture } from './raster.ts';
import { resize } from './resize.ts';

/** From a file to the integers that a service takes, the same as primia_core/diagnosis/input.py. */

export const MOST_BYTES = 64 * 2 ** 20;
const LEAST_SIDE = 32;
const GREYS = 256;

/** Decodes a file in full, and refuses what no service should be asked about. */
export async function pictureOf(file: Blob, size: number, decode?: Decode): Promise<Picture> {
  if (file.size > MOST_BYTES) {
    throw new DiagnosisError('input.too_large', `The file has ${Math.floor(file.size / 2 ** 20)} MiB, a diagnosis takes ${MOST_BYTES / 2 ** 20}. Export it smaller.`);
  }
  const picture = await decoded(file, new Uint8Array(await file.arrayBuffer()), decode);
  const least = Math.max(LEAST_SIDE, Math.ceil(size / 4));
  if (Math.min(picture.width, picture.height) < least) {
    throw new DiagnosisError('input.too_small', `The picture has ${picture.width} x ${picture.height} pixels, each side needs ${least}. Take the original, not a thumbnail.`);
  }
  return picture;
}

async function decoded(file: Blob, content: Uint8Array, decode?: Decode): Promise<Picture> {
  const kind = kindOf(content);
  if (kind === 'dicom') return dicomPicture(content, decode);
  const measures = measuresOf(content, kind);
  if (!measures.deepGrey) return rasterPicture(file, measures, decode);
  checkPixels(measures.width, measures.height);
  return deepGreyPicture(content);
}

/** The plane of bytes that the model sees, size x size. */
export function squash(picture: Picture, size: number): Uint8Array<ArrayBuffer> {
  const small = resize(picture, size, size);
  return Uint8Array.from(small.data, (value) => Math.min(255, Math.max(0, halfToEven(Math.fround(value * 255)))));
}

/** The integer of each of the 256 greys: rint((grey / 255 - mean) / std * scale). */
export function table({ mean, std, scale }: InputSpec): Int32Array {
  return Int32Array.from({ length: GREYS }, (_, grey) => halfToEven(((grey / 255 - mean) / std) * scale));
}

export function normalised(plane: Uint8Array, input: InputSpec): Int32Array<ArrayBuffer> {
  const greys = table(input);
  return Int32Array.from(plane, (grey) => greys[grey] ?? 0);
}

function halfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
