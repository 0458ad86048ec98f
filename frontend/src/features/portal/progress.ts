import type { Diagnosis, DiagnosisEvent } from '@/api/diagnoses';
import type { Remembered } from '@/diagnosis/vault';
import { duration } from '@/lib/format';

/** The five steps of a diagnosis, and how far it is. */

export type StepName = 'shared' | 'sealed' | 'queued' | 'computing' | 'opened';
export type StepState = 'waiting' | 'active' | 'done' | 'failed';

export interface Step {
  readonly name: StepName;
  readonly title: string;
  readonly where: string;
  readonly state: StepState;
  readonly note: string;
}

export interface Told {
  /** What each party says that it is doing. */
  readonly phases: Readonly<Record<string, string>>;
  readonly waitsFor: string | null;
  /** Both parties' answers have come; the page need not ask first. */
  readonly answered: boolean;
  readonly seq: number;
}

export const NOTHING_TOLD: Told = { phases: {}, waitsFor: null, answered: false, seq: 0 };

const NAMES: readonly StepName[] = ['shared', 'sealed', 'queued', 'computing', 'opened'];
const TITLES: Record<StepName, [string, string]> = {
  shared: ['Shared', 'on this device'],
  sealed: ['Sealed', 'on this device'],
  queued: ['Queued', 'at the relay'],
  computing: ['Computing', 'at two institutions'],
  opened: ['Opened', 'on this device'],
};

const WAITS: Record<string, string> = { stock: 'waits for prepared randomness', party: 'waits for a party' };

export function heard(told: Told, { seq, kind, payload }: DiagnosisEvent): Told {
  if (seq <= told.seq) return told;
  switch (kind) {
    case 'diagnosis.phase':
      return { ...told, seq, phases: { ...told.phases, [partyName(payload.party)]: String(payload.phase) } };
    case 'diagnosis.waiting':
      return { ...told, seq, waitsFor: String(payload.reason) };
    case 'diagnosis.computing':
    case 'diagnosis.retried':
      return { phases: {}, waitsFor: null, answered: false, seq };
    case 'diagnosis.answered':
      return { ...told, answered: true, seq };
    default:
      return { ...told, seq };
  }
}

const partyName = (party: unknown) => (typeof party === 'number' ? `P${party}` : String(party).toUpperCase());

/** Before it is sent: which step is under way on this device. */
export function stepsBefore(doing: 'decoding' | 'sharing' | 'sealing' | 'sending' | null): Step[] {
  const place = doing === null ? -1 : doing === 'decoding' || doing === 'sharing' ? 0 : doing === 'sealing' ? 1 : 2;
  return row(place, { shared: doing === 'decoding' ? 'reads the picture' : 'splits it in two', sealed: 'one half for each party', queued: 'sends two sealed halves' });
}

/** `gone`: the platform no longer knows the request. */
export function stepsOf(diagnosis: Diagnosis | undefined, record: Remembered | undefined, told: Told, gone = false): Step[] {
  if (record?.result != null) return row(5, doneNotes(diagnosis));
  const state = diagnosis?.state ?? 'queued';
  const failed = gone || state === 'failed' || state === 'expired' || record?.failure != null;
  // What the platform failed at is remembered here too, and did not fail here.
  const failedThere = state === 'failed' || state === 'expired';
  const here = !failedThere && (record?.failure != null || state === 'answered' || state === 'collected');
  const place = here ? 4 : state === 'computing' || (failed && diagnosis?.computing_at != null) ? 3 : 2;
  const steps = row(place, { ...doneNotes(diagnosis), queued: queueNote(diagnosis, told), computing: computeNote(told), opened: 'both answers are here' });
  return failed ? steps.map((step, index) => (index === place ? { ...step, state: 'failed' as const, note: '' } : step)) : steps;
}

function row(place: number, notes: Partial<Record<StepName, string>>): Step[] {
  return NAMES.map((name, index) => {
    const [title, where] = TITLES[name];
    const state: StepState = index < place ? 'done' : index === place ? 'active' : 'waiting';
    return { name, title, where, state, note: state === 'waiting' ? '' : (notes[name] ?? '') };
  });
}

function queueNote(diagnosis: Diagnosis | undefined, { waitsFor }: Told): string {
  if (diagnosis?.computing_at != null && diagnosis.state !== 'queued') return waited(diagnosis);
  if (waitsFor !== null) return WAITS[waitsFor] ?? waitsFor;
  const before = diagnosis?.position ?? null;
  return before === null ? '' : before === 0 ? 'next in turn' : `${before} before you`;
}

function computeNote({ phases }: Told): string {
  const names = Object.keys(phases).sort();
  const [first = ''] = names;
  if (names.length === 2 && new Set(Object.values(phases)).size === 1) return `both: ${phases[first] ?? ''}`;
  return names.map((name) => `${name}: ${phases[name] ?? ''}`).join(', ');
}

const between = (from: string | null | undefined, to: string | null | undefined) => (from == null || to == null ? '' : duration((Date.parse(to) - Date.parse(from)) / 1000));
const waited = (diagnosis: Diagnosis) => between(diagnosis.created_at, diagnosis.computing_at);

function doneNotes(diagnosis: Diagnosis | undefined): Partial<Record<StepName, string>> {
  if (diagnosis === undefined) return {};
  return { queued: waited(diagnosis), computing: between(diagnosis.computing_at, diagnosis.answered_at) };
}
