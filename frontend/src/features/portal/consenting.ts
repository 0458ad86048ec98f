/** What somebody agrees to before a picture is taken. */

export interface Consented {
  readonly read: boolean;
  readonly notDiagnosis: boolean;
  /** That an institution could not be asked at its own address. */
  readonly unasked: boolean;
  readonly keepPicture: boolean;
}

export const NOTHING_AGREED: Consented = { read: false, notDiagnosis: false, unasked: false, keepPicture: true };

export const agreed = ({ read, notDiagnosis, unasked }: Consented, needsUnasked: boolean) => read && notDiagnosis && (unasked || !needsUnasked);
