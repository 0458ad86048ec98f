import { DiagnosisError } from '@/diagnosis/errors';
import { ApiError } from '@/lib/problem';

/** What went wrong, in plain words, and what to do next. Codes come from this page, from the platform and from the nodes. */

export interface Trouble {
  readonly code: string;
  readonly title: string;
  readonly why: string;
  readonly next: string;
}

interface Words {
  title: string;
  next: string;
}

const WORDS: Record<string, Words> = {
  'input.not_an_image': { title: 'This file is no X-ray picture', next: 'Export the X-ray as JPEG, PNG or DICOM and choose that file.' },
  'input.damaged': { title: 'This file is damaged', next: 'Copy the file again from where it comes from.' },
  'input.several_frames': { title: 'This file holds several pictures', next: 'Export the one picture that you mean.' },
  'input.needs_program': { title: 'This page cannot read this kind of file', next: 'Use the command `primia diagnose`, which can, or export the picture as PNG.' },
  'input.colour': { title: 'This picture has colours', next: 'Choose the X-ray itself, not a photograph of it or of something else.' },
  'input.too_small': { title: 'This picture is too small', next: 'Choose the original, not a thumbnail or a screenshot.' },
  'input.too_large': { title: 'This file is too large', next: 'Export it smaller, for example as a PNG of the size that screens show.' },
  'input.out_of_range': { title: 'This picture is brighter or darker than the service was made for', next: 'Try another window in the program that exports it, or tell the owner of the service.' },
  'node.identity': { title: 'The keys of a computing institution do not hold together', next: 'Send nothing to this service, and tell its operator.' },
  'descriptor.invalid': { title: 'The description of this service cannot be used', next: 'Send nothing to this service, and tell its operator.' },
  'descriptor.unsigned': { title: 'Not every computing institution has signed', next: 'Wait until both have signed, then look again.' },
  'descriptor.forged': { title: 'A signature of this service is false', next: 'Send nothing to this service, and tell its operator.' },
  'descriptor.untrusted': { title: 'An institution says other keys than the platform does', next: 'Send nothing to this service, and tell its operator.' },
  'descriptor.log': { title: 'The public log of this service was changed', next: 'Send nothing to this service, and tell its operator.' },
  'service.closed': { title: 'This service is closed', next: 'Choose another service.' },
  'service.expired': { title: 'This service has expired', next: 'Choose its successor in the list of services.' },
  'diagnosis.wrong_descriptor': { title: 'The service has changed since you opened it', next: 'Reload the page, look at it again, and send the picture once more.' },
  'diagnosis.budget_used_up': { title: 'Your requests for today are used up', next: 'Try again tomorrow; the limit protects the model from being copied by questions.' },
  'diagnosis.too_many': { title: 'Too many requests in a short time', next: 'Wait a minute, then send the picture again.' },
  'diagnosis.share_too_large': { title: 'What was sealed is larger than the service takes', next: 'Reload the page and try again.' },
  'diagnosis.id_taken': { title: 'This request was sent before with other content', next: 'Send the picture again; it gets a new number.' },
  'diagnosis.collected': { title: 'The answer was handed out already', next: 'One browser or program alone gets it. If that was none of yours, change your password, then send the picture again.' },
  'diagnosis.mismatch': { title: 'The two halves do not belong together', next: 'Send the picture again. If it happens twice, tell the operator: somebody may have mixed requests.' },
  'diagnosis.cancelled': { title: 'You have withdrawn this request', next: 'Send the picture again if you want an answer.' },
  'diagnosis.expired': { title: 'No answer came in time', next: 'Send the picture again.' },
  'answer.forged': { title: 'An answer is not signed by the institution it claims to be from', next: 'Do not trust it. Tell the operator of the service.' },
  'answer.key_lost': { title: 'This device no longer has the key of the answer', next: 'Send the picture again. The key is lost when the browser’s data are cleared.' },
  'browser.unable': { title: 'This browser cannot do it', next: 'Use a current browser, or the command `primia diagnose`.' },
  'client.unreachable': { title: 'The platform does not answer', next: 'Look whether you are online; nothing is lost, try again.' },
};

const COMPUTING = { title: 'The institutions could not finish the computation', next: 'Send the picture again in a minute; nothing of it was kept.' };
const ANSWER = { title: 'The answer cannot be opened', next: 'Send the picture again. If it happens twice, tell the operator of the service.' };

export function troubleOf(error: unknown): Trouble {
  const code = error instanceof DiagnosisError || error instanceof ApiError ? error.code : 'unknown';
  const why = error instanceof Error ? error.message : String(error);
  return troubleOfCode(code, why);
}

export function troubleOfCode(code: string, why: string, next = ''): Trouble {
  const words = WORDS[code] ?? wordsOfKind(code);
  return { code, why, title: words?.title ?? 'This did not work', next: WORDS[code]?.next ?? (next || words?.next || 'Try again; if it happens twice, tell the operator of the service.') };
}

function wordsOfKind(code: string): Words | undefined {
  if (code.startsWith('answer.') || code === 'diagnosis.unsealable') return ANSWER;
  return /^(mpc|party|node|nodes|link)\./.test(code) ? COMPUTING : undefined;
}
