import type { Picture } from './picture.ts';
import { resize } from './resize.ts';

/** The picture for the reader's own screen: 16 bits a pixel for the window, and no larger than screens are. */

export interface View {
  readonly width: number;
  readonly height: number;
  readonly data: Uint16Array<ArrayBuffer>;
}

const LONGEST_SIDE = 2048;

export function viewOf(picture: Picture): View {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const fitted = scale === 1 ? picture : resize(picture, Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
  return { width: fitted.width, height: fitted.height, data: Uint16Array.from(fitted.data, (value) => Math.round(value * 65_535)) };
}
