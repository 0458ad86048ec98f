/** A picture with air black and bone white, and how it is shrunk. Knows no formats. */

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** From 0 (black) to 1 (white), row after row. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** A film scanned at 10,000 x 10,000. Beyond it a header is damaged or hostile, and decoding would eat the memory. */
export const MOST_PIXELS = 100_000_000;
