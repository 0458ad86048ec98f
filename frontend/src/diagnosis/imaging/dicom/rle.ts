import { DiagnosisError } from '../../errors.ts';

/** One frame in DICOM's run-length code (PS3.5, annex G): a segment for each byte of each sample, most significant first. */

const HEADER_BYTES = 64;

export function rleFrame(frame: Uint8Array, pixels: number, samples: number, bytesEach: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const count = frame.length >= HEADER_BYTES ? view.getUint32(0, true) : 0;
  if (count !== samples * bytesEach) throw damaged(`${count} segments, not ${samples * bytesEach}`);
  const out = new Uint8Array(pixels * samples * bytesEach);
  for (let segment = 0; segment < count; segment += 1) {
    const from = view.getUint32(4 + 4 * segment, true);
    const to = segment + 1 < count ? view.getUint32(8 + 4 * segment, true) : frame.length;
    const plane = unpacked(frame.subarray(from, to), pixels);
    const [sample, place] = [Math.floor(segment / bytesEach), bytesEach - 1 - (segment % bytesEach)];
    for (let pixel = 0; pixel < pixels; pixel += 1) out[(pixel * samples + sample) * bytesEach + place] = plane[pixel] ?? 0;
  }
  return out;
}

/** PackBits. */
function unpacked(segment: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let [at, filled] = [0, 0];
  while (filled < size) {
    const code = segment[at];
    if (code === undefined) throw damaged(`${filled} of ${size} bytes in a segment`);
    at += 1;
    if (code === 128) continue;
    const length = code < 128 ? code + 1 : 257 - code;
    if (code < 128) {
      out.set(segment.subarray(at, Math.min(at + length, at + size - filled)), filled);
      at += length;
    } else {
      out.fill(segment[at] ?? 0, filled, Math.min(size, filled + length));
      at += 1;
    }
    filled += length;
  }
  return out;
}

const damaged = (what: string) => new DiagnosisError('input.damaged', `The DICOM file's run-length code is damaged (${what}). Copy it again from its source.`);
