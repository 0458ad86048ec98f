import type { Phase, StepKind } from '@/api/types';

/** How each phase is drawn and named: the colour, and the word that stands in the bar where it fits. */

interface Look {
  label: string;
  doing: string;
  fill: string;
  ink: string;
}

const agreeing = { fill: 'var(--phase-agreeing)', ink: 'var(--on-phase)' };

export const PHASES: Record<Phase, Look> = {
  waiting: { label: 'wait', doing: 'waiting', fill: 'var(--phase-waiting)', ink: 'var(--ink3)' },
  fetching: { label: 'fetch', doing: 'fetching the model', fill: 'var(--phase-fetching)', ink: 'var(--ink)' },
  training: { label: 'train', doing: 'training', fill: 'var(--phase-training)', ink: 'var(--on-training)' },
  masking: { label: 'mask', doing: 'masking its update', fill: 'var(--phase-masking)', ink: 'var(--on-phase)' },
  uploading: { label: 'upload', doing: 'uploading', fill: 'var(--phase-uploading)', ink: 'var(--on-phase)' },
  consenting: { label: 'sign', doing: 'signing the list of survivors', ...agreeing },
  unmasking: { label: 'unmask', doing: 'opening the sum', ...agreeing },
  applying: { label: 'apply', doing: 'applying the sum', ...agreeing },
  done: { label: 'done', doing: 'done', fill: 'var(--phase-done)', ink: 'var(--on-phase)' },
  dropped: { label: 'dropped', doing: 'dropped out', fill: 'var(--phase-dropped)', ink: 'var(--on-phase)' },
};

export const LEGEND: readonly { phase: Phase; text: string }[] = [
  { phase: 'waiting', text: 'wait' },
  { phase: 'fetching', text: 'fetch' },
  { phase: 'training', text: 'train' },
  { phase: 'masking', text: 'mask' },
  { phase: 'uploading', text: 'upload' },
  { phase: 'consenting', text: 'agree and open' },
  { phase: 'done', text: 'done' },
  { phase: 'dropped', text: 'dropped' },
];

const WORK: Record<StepKind, Pick<Look, 'label' | 'doing'>> = {
  train: { label: 'train', doing: 'training' },
  evaluate: { label: 'evaluate', doing: 'evaluating' },
  statistics: { label: 'count', doing: 'counting' },
  scores: { label: 'score', doing: 'counting the model’s answers' },
  audit: { label: 'attack', doing: 'attacking its own updates' },
};

/** The work of a site has another name in each kind of step. */
export function phaseLook(phase: Phase, kind: StepKind): Look {
  return phase === 'training' ? { ...PHASES.training, ...WORK[kind] } : PHASES[phase];
}
