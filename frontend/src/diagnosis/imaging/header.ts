import { DiagnosisError } from '../errors.ts';

/** What the first bytes of a file say, before anything is decoded: its kind, and of JPEG and PNG the measures. */

export type Kind = 'jpeg' | 'png' | 'dicom';

export interface Measures {
  readonly width: number;
  readonly height: number;
  /** Components of a JPEG; of a PNG 1 for grey, with or without transparency, else 3. */
  readonly channels: number;
  /** Grey of 16 bits, which a browser would cut to 8. */
  readonly deepGrey: boolean;
}

const PNG_MAGIC = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

export function kindOf(content: Uint8Array): Kind {
  if (content.length === 0) throw new DiagnosisError('input.damaged', 'The file is empty (0 bytes). Copy it again from its source.');
  if (begins(content, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (begins(content, PNG_MAGIC)) return 'png';
  if (String.fromCharCode(...content.subarray(128, 132)) === 'DICM') return 'dicom';
  throw new DiagnosisError('input.not_an_image', 'The file is not JPEG, PNG or DICOM. Export the X-ray as one of them.');
}

export function measuresOf(content: Uint8Array, kind: 'jpeg' | 'png'): Measures {
  const found = kind === 'png' ? pngMeasures(content) : jpegMeasures(content);
  if (found.width === 0 || found.height === 0) throw cutShort();
  return found;
}

/** A PNG must reach its last chunk: browsers show half a picture where Python refuses it. */
function pngMeasures(content: Uint8Array): Measures {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let at = PNG_MAGIC.length;
  let found: Measures | null = null;
  while (at + 12 <= content.length) {
    const size = view.getUint32(at);
    const name = String.fromCharCode(...content.subarray(at + 4, at + 8));
    if (name === 'IHDR' && size >= 13) {
      const [depth, colour] = [view.getUint8(at + 16), view.getUint8(at + 17)];
      found = { width: view.getUint32(at + 8), height: view.getUint32(at + 12), channels: colour === 0 || colour === 4 ? 1 : 3, deepGrey: colour === 0 && depth === 16 };
    }
    if (name === 'IEND' && found !== null) return found;
    at += size + 12;
  }
  throw cutShort();
}

function jpegMeasures(content: Uint8Array): Measures {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let at = 2;
  let found: Measures | null = null;
  while (at + 4 <= content.length) {
    if (content[at] !== 0xff) break;
    const marker = content[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (marker === START_OF_SCAN) {
      if (found !== null && ends(content, at)) return found;
      break;
    } else {
      if (isFrame(marker) && at + 10 <= content.length) found = { height: view.getUint16(at + 5), width: view.getUint16(at + 7), channels: view.getUint8(at + 9), deepGrey: false };
      at += 2 + view.getUint16(at + 2);
    }
  }
  throw cutShort();
}

const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Within a scan a 0xff is always followed by 0 or a restart mark, so the end mark stands for itself. */
function ends(content: Uint8Array, from: number): boolean {
  for (let at = content.length - 2; at > from; at -= 1) if (content[at] === 0xff && content[at + 1] === END_OF_IMAGE) return true;
  return false;
}

const begins = (content: Uint8Array, magic: readonly number[]) => magic.every((byte, index) => content[index] === byte);

const cutShort = () => new DiagnosisError('input.damaged', 'The file is cut short or damaged. Copy it again from its source.');
