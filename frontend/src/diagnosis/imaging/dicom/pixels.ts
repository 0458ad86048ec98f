import { readEncapsulatedImageFrame, readEncapsulatedPixelDataFromFragments } from 'dicom-parser';
import { DiagnosisError } from '../../errors.ts';
import { checkPixels, type Decode, decodedBytes } from '../raster.ts';
import type { File, Header } from './dataset.ts';
import { rleFrame } from './rle.ts';

/** One frame of a DICOM file as it is stored: uncompressed, run-length coded, or baseline JPEG. Other codes are refused. */

export type Stored = Uint8Array | Int8Array | Uint16Array | Int16Array;

const SYNTAXES: Record<string, 'native' | 'native-big' | 'rle' | 'jpeg'> = {
  '1.2.840.10008.1.2': 'native',
  '1.2.840.10008.1.2.1': 'native',
  '1.2.840.10008.1.2.2': 'native-big',
  '1.2.840.10008.1.2.5': 'rle',
  '1.2.840.10008.1.2.4.50': 'jpeg',
};

const NAMES: Record<string, string> = {
  '1.2.840.10008.1.2.1.99': 'deflated',
  '1.2.840.10008.1.2.4.51': 'JPEG of 12 bits',
  '1.2.840.10008.1.2.4.57': 'lossless JPEG',
  '1.2.840.10008.1.2.4.70': 'lossless JPEG',
  '1.2.840.10008.1.2.4.80': 'JPEG-LS',
  '1.2.840.10008.1.2.4.81': 'JPEG-LS',
  '1.2.840.10008.1.2.4.90': 'JPEG 2000',
  '1.2.840.10008.1.2.4.91': 'JPEG 2000',
};

export async function storedValues({ header, data }: File, decode?: Decode): Promise<Stored> {
  const { rows, columns, samples, bitsAllocated, syntax } = header;
  if (syntax === '') throw new DiagnosisError('input.damaged', 'The DICOM file names no transfer syntax, so its bytes cannot be read. Export it again.');
  checkPixels(columns, rows);
  checkSupported(header);
  const element = data.elements.x7fe00010;
  if (element === undefined) throw needsProgram('holds floating-point pixels');
  const how = SYNTAXES[syntax];
  if (how === 'jpeg') return jpegFrame(header, frameOf({ header, data }), decode);
  const size = rows * columns * samples * (bitsAllocated / 8);
  const content = how === 'rle' ? rleFrame(frameOf({ header, data }), rows * columns, samples, bitsAllocated / 8) : data.byteArray.slice(element.dataOffset, element.dataOffset + Math.min(size, element.length));
  if (content.length < size) throw new DiagnosisError('input.damaged', `The DICOM file holds ${content.length} of ${size} bytes of pixels. Copy it again from its source.`);
  return asStored(interleaved(content, header, how === 'rle'), header, how === 'native-big');
}

function checkSupported({ syntax, samples, bitsAllocated, photometric }: Header): void {
  if (SYNTAXES[syntax] === undefined) throw needsProgram(`is packed as ${NAMES[syntax] ?? `transfer syntax ${syntax}`}`);
  if (![8, 16].includes(bitsAllocated)) throw needsProgram(`has ${bitsAllocated} bits a pixel`);
  const grey = samples === 1 && ['MONOCHROME1', 'MONOCHROME2'].includes(photometric);
  const colour = samples === 3 && bitsAllocated === 8 && (photometric === 'RGB' || photometric === 'YBR_FULL' || (photometric === 'YBR_FULL_422' && SYNTAXES[syntax] === 'jpeg'));
  if (!grey && !colour) throw needsProgram(`has colours of the kind ${photometric || 'unnamed'}`);
}

function frameOf({ data }: File): Uint8Array {
  try {
    const element = data.elements.x7fe00010;
    if (element === undefined) throw new Error('no pixel data');
    const table = element.basicOffsetTable ?? [];
    return table.length > 0 ? readEncapsulatedImageFrame(data, element, 0) : readEncapsulatedPixelDataFromFragments(data, element, 0, element.fragments?.length ?? 1);
  } catch {
    throw new DiagnosisError('input.damaged', "The DICOM file's packed picture is damaged. Copy it again from its source.");
  }
}

async function jpegFrame({ rows, columns, samples }: Header, frame: Uint8Array, decode?: Decode): Promise<Uint8Array> {
  const blob = new Blob([new Uint8Array(frame)], { type: 'image/jpeg' });
  const found = await decodedBytes(blob, samples === 3 ? 3 : 1, decode).catch(() => null);
  if (found?.width !== columns || found.height !== rows) throw new DiagnosisError('input.damaged', "The DICOM file's JPEG picture is damaged or of another size than its header says. Copy it again from its source.");
  return found.bytes;
}

/** Colour by plane becomes colour by pixel. Run-length code is by pixel already when it comes here. */
function interleaved(content: Uint8Array<ArrayBuffer>, { samples, planar, rows, columns }: Header, done: boolean): Uint8Array<ArrayBuffer> {
  if (samples === 1 || !planar || done) return content;
  const pixels = rows * columns;
  return content.map((_, index) => content[(index % samples) * pixels + Math.floor(index / samples)] ?? 0);
}

function asStored(content: Uint8Array<ArrayBuffer>, { bitsAllocated, bitsStored, signed }: Header, bigEndian: boolean): Stored {
  if (bitsAllocated === 8) return signed ? new Int8Array(content.buffer, content.byteOffset, content.length) : content;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const out = signed ? new Int16Array(content.length / 2) : new Uint16Array(content.length / 2);
  // Bits above those that are stored may hold an overlay; they are no part of the value.
  const unused = 16 - bitsStored;
  for (let index = 0; index < out.length; index += 1) {
    const word = view.getUint16(2 * index, !bigEndian) << 16;
    out[index] = signed ? (word << unused) >> (16 + unused) : ((word << unused) >>> 0) >>> (16 + unused);
  }
  return out;
}

const needsProgram = (what: string) => new DiagnosisError('input.needs_program', `The DICOM file ${what}, which this page cannot read. Use \`primia diagnose\`, or export it as PNG or uncompressed DICOM.`);
