import type { Rater, RaterKind, Study } from '@/api/readings';
import { plural } from '@/lib/format';
import type { StateLook } from '@/lib/states';

/** The words of reader studies. */

export const STUDY_STATES = ['draft', 'open', 'closed'] as const;

const STATES: Record<string, StateLook> = {
  draft: { label: 'draft', sign: '○', tone: 'plain' },
  open: { label: 'open for reading', sign: '▶', tone: 'accent' },
  closed: { label: 'closed', sign: '✓', tone: 'ok' },
};

export const studyState = (state: string): StateLook => STATES[state] ?? { label: state, sign: '?', tone: 'plain' };

const KINDS: Record<RaterKind, string> = { reader: 'reads here', person: 'person, from a table', model: 'model' };

export const kindWords = (kind: RaterKind) => KINDS[kind];

export const takingPart = ({ raters }: Study): Rater[] => raters.filter(({ withdrawn_at }) => withdrawn_at === null);

/** "2 of 3 readers have read all": where the study stands. */
export function standing(study: Study): string {
  const readers = takingPart(study).filter(({ kind }) => kind === 'reader');
  const done = readers.filter(({ read }) => read === study.cases).length;
  if (readers.length === 0) return 'no readers yet';
  return `${done} of ${plural(readers.length, 'reader')} ${done === 1 ? 'has' : 'have'} read all`;
}
