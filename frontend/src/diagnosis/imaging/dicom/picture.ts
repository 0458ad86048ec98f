import type { Picture } from '../picture.ts';
import type { Decode } from '../raster.ts';
import { readDicom } from './dataset.ts';
import { storedValues } from './pixels.ts';
import { greysOf } from './transforms.ts';
import { upright } from './upright.ts';

/** A DICOM file as a picture: one frame, upright, air black, as its maker wants it shown. */
export async function dicomPicture(content: Uint8Array, decode?: Decode): Promise<Picture> {
  const file = readDicom(content);
  const { columns, rows, orientation } = file.header;
  const stored = await storedValues(file, decode);
  return upright({ width: columns, height: rows, data: greysOf(stored, file.header) }, orientation);
}
