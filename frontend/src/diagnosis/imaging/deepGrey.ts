import { decode } from 'fast-png';
import { DiagnosisError } from '../errors.ts';
import type { Picture } from './picture.ts';
import { stretched } from './tone.ts';

/** A PNG of 16-bit grey with all its bits, which a canvas would cut to 8. */
export function deepGreyPicture(content: Uint8Array): Picture {
  try {
    const { width, height, data } = decode(content, { checkCrc: true });
    return { width, height, data: stretched(data) };
  } catch (error) {
    if (error instanceof DiagnosisError) throw error;
    throw new DiagnosisError('input.damaged', 'The file cannot be decoded. Copy it again from its source.');
  }
}
