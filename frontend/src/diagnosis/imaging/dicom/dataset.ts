import { type DataSet, parseDicom } from 'dicom-parser';
import { DiagnosisError } from '../../errors.ts';

/** The header of a DICOM file: what is needed to show one frame as its maker meant it. No name, no number of a patient. */

export interface Lut {
  readonly first: number;
  readonly entries: Uint16Array;
  readonly bits: number;
}

export interface Header {
  readonly syntax: string;
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly planar: boolean;
  readonly photometric: string;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  readonly slope: number | null;
  readonly intercept: number | null;
  /** Without the sequence undefined, with an empty one null. */
  readonly modalityLut: Lut | null | undefined;
  readonly voiLut: Lut | null | undefined;
  readonly window: { readonly centre: number; readonly width: number; readonly name: string } | null;
  readonly padding: readonly [number, number] | null;
  readonly orientation: readonly string[];
}

export interface File {
  readonly header: Header;
  readonly data: DataSet;
}

const refused = (code: 'input.damaged' | 'input.not_an_image' | 'input.several_frames', what: string) => new DiagnosisError(code, `The DICOM file ${what}.`);

export function readDicom(content: Uint8Array): File {
  const data = parsed(content);
  const frames = Number(data.intString('x00280008') ?? 1);
  if (data.elements.x7fe00010 === undefined && data.elements.x7fe00008 === undefined && data.elements.x7fe00009 === undefined) {
    throw refused('input.not_an_image', 'holds no pixel data; export the picture, not the report or the header');
  }
  if (frames > 1) throw refused('input.several_frames', `holds ${frames} frames; export the one that you mean`);
  return { header: headerOf(data), data };
}

function parsed(content: Uint8Array): DataSet {
  try {
    return parseDicom(content);
  } catch (error) {
    // The library throws texts and objects. A deflated file is whole, but it cannot inflate it.
    const said = typeof error === 'string' ? error : error instanceof Error ? error.message : '';
    if (/deflate/i.test(said)) throw new DiagnosisError('input.needs_program', 'The DICOM file is deflated, which this page cannot read. Use `primia diagnose`, or export it uncompressed.');
    throw refused('input.damaged', 'cannot be read; copy it again from its source');
  }
}

function headerOf(data: DataSet): Header {
  const need = (tag: string, name: string) => {
    const value = data.uint16(tag);
    if (value === undefined) throw refused('input.damaged', `lacks ${name}; export it again`);
    return value;
  };
  const signed = data.uint16('x00280103') === 1;
  return {
    syntax: data.string('x00020010') ?? '',
    rows: need('x00280010', 'Rows'),
    columns: need('x00280011', 'Columns'),
    samples: data.uint16('x00280002') ?? 1,
    planar: data.uint16('x00280006') === 1,
    photometric: data.string('x00280004') ?? '',
    bitsAllocated: need('x00280100', 'Bits Allocated'),
    bitsStored: data.uint16('x00280101') ?? 16,
    signed,
    slope: data.floatString('x00281053') ?? null,
    intercept: data.floatString('x00281052') ?? null,
    modalityLut: lutOf(data, 'x00283000', signed),
    voiLut: lutOf(data, 'x00283010', signed),
    window: windowOf(data),
    padding: paddingOf(data, signed),
    orientation: (data.string('x00200020') ?? '').split('\\').map((part) => part.trim()),
  };
}

function windowOf(data: DataSet): Header['window'] {
  const [centre, width] = [data.floatString('x00281050', 0), data.floatString('x00281051', 0)];
  if (centre === undefined || width === undefined) return null;
  return { centre, width, name: (data.string('x00281056') ?? 'LINEAR').toUpperCase() };
}

function paddingOf(data: DataSet, signed: boolean): Header['padding'] {
  const read = (tag: string) => (signed ? data.int16(tag) : data.uint16(tag));
  const value = read('x00280120');
  if (value === undefined) return null;
  const limit = read('x00280121') ?? value;
  return [Math.min(value, limit), Math.max(value, limit)];
}

function lutOf(data: DataSet, tag: string, signed: boolean): Lut | null | undefined {
  const items = data.elements[tag]?.items;
  if (items === undefined || items.length === 0) return undefined;
  const item = items[0]?.dataSet;
  const element = item?.elements.x00283006;
  if (item === undefined || element === undefined || element.length === 0) return null;
  const [count, bits] = [item.uint16('x00283002', 0), item.uint16('x00283002', 2)];
  const first = (signed ? item.int16('x00283002', 1) : item.uint16('x00283002', 1)) ?? 0;
  if (bits === undefined || count === undefined) return null;
  const entries = new Uint16Array(count === 0 ? 1 << 16 : count);
  const wide = element.length >= 2 * entries.length;
  for (let index = 0; index < entries.length; index += 1) entries[index] = (wide ? item.uint16('x00283006', index) : item.byteArray[element.dataOffset + index]) ?? 0;
  return { first, entries, bits };
}
