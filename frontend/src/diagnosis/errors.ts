/** What a diagnosis refuses in the browser. The codes are those of primia_core/diagnosis/errors.py. */

export type DiagnosisCode =
  | 'node.identity'
  | 'descriptor.invalid'
  | 'descriptor.unsigned'
  | 'descriptor.forged'
  | 'descriptor.untrusted'
  | 'descriptor.log'
  | 'service.expired'
  | 'diagnosis.unsealable'
  | 'answer.incomplete'
  | 'answer.forged'
  | 'answer.wrong_request'
  | 'answer.mismatch'
  | 'answer.corrupt'
  | 'answer.key_lost'
  | 'input.not_an_image'
  | 'input.damaged'
  | 'input.several_frames'
  | 'input.needs_program'
  | 'input.colour'
  | 'input.too_small'
  | 'input.too_large'
  | 'input.out_of_range'
  | 'browser.unable';

/** The message gives the value, the limit and the next step, and never a pixel or a logit. */
export class DiagnosisError extends Error {
  readonly code: DiagnosisCode;

  constructor(code: DiagnosisCode, message: string) {
    super(message);
    this.name = 'DiagnosisError';
    this.code = code;
  }
}
