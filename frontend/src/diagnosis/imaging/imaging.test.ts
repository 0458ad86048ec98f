import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { joined, utf8 } from '../bytes';
import { dicomPicture } from './dicom/picture';
import { rleFrame } from './dicom/rle';
import { windowed } from './dicom/transforms';
import { upright } from './dicom/upright';
import { kindOf, measuresOf } from './header';
import { pictureOf } from './input';
import type { Picture } from './picture';
import { type Decode, rasterPicture } from './raster';
import { stretched } from './tone';
import { viewOf } from './view';

const picture = (width: number, height: number, values: number[]): Picture => ({ width, height, data: Float32Array.from(values) });
const flat = (decoded: readonly [number, number, number], width = 64, height = 64): Decode => () =>
  Promise.resolve({ width, height, strips: (each) => each(Uint8ClampedArray.from({ length: width * height * 4 }, (_, at) => [...decoded, 255][at % 4] ?? 0), 0) });
const png = (width: number, height: number, depth: 8 | 16 = 8) => new Uint8Array(encode({ width, height, depth, channels: 1, data: depth === 16 ? Uint16Array.from({ length: width * height }, (_, at) => at * 7) : new Uint8Array(width * height) }));

describe('what a file is', () => {
  it('stands in its first bytes, not in its name', () => {
    expect(kindOf(png(2, 2))).toBe('png');
    expect(kindOf(joined(new Uint8Array(128), utf8('DICM')))).toBe('dicom');
    expect(() => kindOf(utf8('%PDF-1.7'))).toThrow(expect.objectContaining({ code: 'input.not_an_image' }));
    expect(() => kindOf(new Uint8Array())).toThrow(expect.objectContaining({ code: 'input.damaged' }));
  });

  it('is measured before it is decoded, and refused when it is cut short', () => {
    expect(measuresOf(png(33, 44, 16), 'png')).toEqual({ width: 33, height: 44, channels: 1, deepGrey: true });
    expect(() => measuresOf(png(33, 44).slice(0, -6), 'png')).toThrow(expect.objectContaining({ code: 'input.damaged' }));
    const frame = [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 50, 0, 40, 1, 1, 0x11, 0, 0xff, 0xda, 0, 2, 1, 2, 3];
    expect(measuresOf(Uint8Array.from([...frame, 0xff, 0xd9]), 'jpeg')).toEqual({ width: 40, height: 50, channels: 1, deepGrey: false });
    expect(() => measuresOf(Uint8Array.from(frame), 'jpeg')).toThrow(expect.objectContaining({ code: 'input.damaged' }));
  });
});

describe('what is refused', () => {
  const measures = { width: 64, height: 64, channels: 3, deepGrey: false };

  it('is colour, but not a tint', async () => {
    await expect(rasterPicture(new Blob(), measures, flat([200, 100, 90]))).rejects.toMatchObject({ code: 'input.colour' });
    await expect(rasterPicture(new Blob(), measures, flat([120, 100, 90]))).resolves.toMatchObject({ width: 64 });
  });

  it('is a header that promises more pixels than memory holds', async () => {
    await expect(rasterPicture(new Blob(), { ...measures, width: 20_000, height: 20_000 }, flat([0, 0, 0]))).rejects.toMatchObject({ code: 'input.too_large' });
  });

  it('is printing colours, what does not decode, a thumbnail, and a file too large to read', async () => {
    await expect(rasterPicture(new Blob(), { ...measures, channels: 4 }, flat([0, 0, 0]))).rejects.toMatchObject({ code: 'input.needs_program' });
    await expect(rasterPicture(new Blob(), measures, () => Promise.reject(new Error()))).rejects.toMatchObject({ code: 'input.damaged' });
    await expect(pictureOf(new Blob([png(40, 90, 16)]), 224)).rejects.toMatchObject({ code: 'input.too_small' });
    await expect(pictureOf({ size: 65 * 2 ** 20 } as Blob, 224)).rejects.toMatchObject({ code: 'input.too_large' });
  });
});

it('keeps all 16 bits of a deep PNG', async () => {
  const { data } = await pictureOf(new Blob([png(64, 64, 16)]), 64);
  expect(data[1]).toBe(Math.fround(7 / (4095 * 7)));
  expect(data.at(-1)).toBe(1);
});

describe('tones', () => {
  it('stretch from the darkest to the brightest valid value, and one flat grey is black', () => {
    expect([...stretched([5, 10, 15])]).toEqual([0, 0.5, 1]);
    expect([...stretched([0, 10, 20, 900], Uint8Array.of(0, 1, 1, 0))]).toEqual([0, 0, 1, 1]);
    expect([...stretched([7, 7])]).toEqual([0, 0]);
    expect(() => stretched([1, Number.POSITIVE_INFINITY])).toThrow(expect.objectContaining({ code: 'input.damaged' }));
  });

  it('follow a window as DICOM defines it', () => {
    expect([...windowed([0, 127.5, 255], { centre: 128, width: 256, name: 'LINEAR' })]).toEqual([0, 0.5, 1]);
    expect([...windowed([50, 100, 150], { centre: 100, width: 100, name: 'LINEAR_EXACT' })]).toEqual([0, 0.5, 1]);
    expect(windowed([100], { centre: 100, width: 10, name: 'SIGMOID' })[0]).toBe(0.5);
    expect(() => windowed([1], { centre: 0, width: 0, name: 'LINEAR' })).toThrow(expect.objectContaining({ code: 'input.damaged' }));
  });
});

describe('upright', () => {
  const given = picture(3, 2, [1, 2, 3, 4, 5, 6]);
  it.each([
    [['L', 'F'], 3, [1, 2, 3, 4, 5, 6]],
    [['R', 'F'], 3, [3, 2, 1, 6, 5, 4]],
    [['L', 'H'], 3, [4, 5, 6, 1, 2, 3]],
    [['F', 'L'], 2, [1, 4, 2, 5, 3, 6]],
    [['H', 'R'], 2, [6, 3, 5, 2, 4, 1]],
    [['A', 'P'], 3, [1, 2, 3, 4, 5, 6]],
    [[''], 3, [1, 2, 3, 4, 5, 6]],
  ])('%j is turned', (orientation, width, values) => {
    const turned = upright(given, orientation);
    expect(turned.width).toBe(width);
    expect([...turned.data]).toEqual(values);
  });
});

it('unpacks run-length code, and refuses a damaged one', () => {
  const header = new Uint8Array(64);
  new DataView(header.buffer).setUint32(0, 1, true);
  new DataView(header.buffer).setUint32(4, 64, true);
  expect([...rleFrame(joined(header, Uint8Array.of(254, 9, 1, 4, 5, 128)), 5, 1, 1)]).toEqual([9, 9, 9, 4, 5]);
  expect(() => rleFrame(joined(header, Uint8Array.of(254, 9)), 5, 1, 1)).toThrow(expect.objectContaining({ code: 'input.damaged' }));
  expect(() => rleFrame(header, 5, 2, 1)).toThrow(expect.objectContaining({ code: 'input.damaged' }));
});

/** A small DICOM file: explicit, little endian. */
function dicom(change: Record<string, [string, string | number]> = {}, syntax = '1.2.840.10008.1.2.1', pixels = Uint16Array.from({ length: 64 * 64 }, (_, at) => at)): Uint8Array<ArrayBuffer> {
  const tags: Record<string, [string, string | number]> = {
    '00280002': ['US', 1], '00280004': ['CS', 'MONOCHROME2'], '00280010': ['US', 64], '00280011': ['US', 64], '00280100': ['US', 16], '00280101': ['US', 12], '00280103': ['US', 0], ...change,
  };
  const body = Object.entries(tags).sort(([a], [b]) => a.localeCompare(b)).map(([tag, [vr, value]]) => element(tag, vr, typeof value === 'number' ? Uint8Array.of(value & 255, value >> 8) : utf8(value.length % 2 === 0 ? value : `${value} `)));
  const meta = element('00020010', 'UI', utf8(syntax.length % 2 === 0 ? syntax : `${syntax}\0`));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, meta.length, true);
  return joined(new Uint8Array(128), utf8('DICM'), element('00020000', 'UL', length), meta, ...body, element('7fe00010', 'OW', new Uint8Array(pixels.buffer)));
}

function element(tag: string, vr: string, value: Uint8Array): Uint8Array {
  const long = vr === 'OW';
  const head = new Uint8Array(long ? 12 : 8);
  const view = new DataView(head.buffer);
  view.setUint16(0, Number.parseInt(tag.slice(0, 4), 16), true);
  view.setUint16(2, Number.parseInt(tag.slice(4), 16), true);
  head.set(utf8(vr), 4);
  if (long) view.setUint32(8, value.length, true);
  else view.setUint16(6, value.length, true);
  return joined(head, value);
}

describe('a DICOM file', () => {
  it('is stretched, or follows its window, and MONOCHROME1 is turned round', async () => {
    const plain = await dicomPicture(dicom());
    expect([plain.data[0], plain.data.at(-1)]).toEqual([0, 1]);
    const bone = await dicomPicture(dicom({ '00280004': ['CS', 'MONOCHROME1'] }));
    expect([bone.data[0], bone.data.at(-1)]).toEqual([1, 0]);
    const window = await dicomPicture(dicom({ '00281050': ['DS', '1000'], '00281051': ['DS', '100'] }));
    expect([window.data[900], window.data[1100]]).toEqual([0, 1]);
  });

  it.each([
    ['holds several frames', dicom({ '00280008': ['IS', '3'] }), 'input.several_frames'],
    ['is packed as JPEG 2000', dicom({}, '1.2.840.10008.1.2.4.90'), 'input.needs_program'],
    ['has a palette', dicom({ '00280004': ['CS', 'PALETTE COLOR'] }), 'input.needs_program'],
    ['is cut short', dicom({}, undefined, new Uint16Array(100)), 'input.damaged'],
    ['is noise', joined(new Uint8Array(128), utf8('DICM'), Uint8Array.from({ length: 90 }, (_, at) => at * 91)), 'input.damaged'],
  ])('that %s is refused', async (_, content, code) => {
    await expect(dicomPicture(content)).rejects.toMatchObject({ code });
  });

  it('without a picture is none', async () => {
    const whole = dicom();
    await expect(dicomPicture(whole.slice(0, whole.length - 64 * 64 * 2 - 12))).rejects.toMatchObject({ code: 'input.not_an_image' });
  });
});

it('fits the picture for a screen and keeps 16 bits of it', () => {
  const view = viewOf({ width: 4096, height: 2, data: new Float32Array(8192).fill(0.5) });
  expect([view.width, view.height, view.data[0]]).toEqual([2048, 1, 32_768]);
});
