import type { JsonObject } from './canonical.ts';
import type { InputSpec } from './descriptor.ts';
import type { DiagnosisCode } from './errors.ts';
import type { View } from './imaging/view.ts';

/** What the page and its worker say to each other. Files and pictures stay on this side of both. */

export type Ask =
  | { readonly kind: 'prepare'; readonly file: Blob; readonly signed: JsonObject; readonly diagnosis: string; readonly answerKey: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'view'; readonly file: Blob; readonly size: number }
  | { readonly kind: 'plane'; readonly file: Blob; readonly input: InputSpec };

export interface Prepared {
  readonly shares: readonly [string, string];
  readonly requestDigest: Uint8Array<ArrayBuffer>;
}

export interface Plane {
  readonly greys: Uint8Array<ArrayBuffer>;
  readonly integers: Int32Array<ArrayBuffer>;
}

export type Step = 'decoding' | 'sharing' | 'sealing';

export type Told =
  | { readonly id: number; readonly step: Step }
  | { readonly id: number; readonly value: Prepared | View | Plane }
  | { readonly id: number; readonly refusal: { readonly code: DiagnosisCode | null; readonly message: string } };
