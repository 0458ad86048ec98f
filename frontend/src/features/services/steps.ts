import type { ServiceStep, StepName } from '@/api/types';

/** The five steps from a model to an open service, in words. */

export const STEP_WORDS: Record<StepName, { title: string; text: string }> = {
  prepare: { title: 'Prepare', text: 'The owner’s worker turns the network into a program of secure operations, and fits its scales on calibration images.' },
  mask: { title: 'Mask', text: 'The dealer draws a mask for the weights and seals a seed of it for each party.' },
  share: { title: 'Share', text: 'The owner’s worker splits the weights and seals one half for each party.' },
  open: { title: 'Open', text: 'Both parties together open the masked weights. Neither learns the weights.' },
  sign: { title: 'Sign', text: 'Both parties sign the descriptor, if it says what they hold.' },
};

/** Seconds that a step took, or has taken until now. */
export function secondsOf({ started_at, finished_at }: ServiceStep, now: number): number | null {
  if (started_at === null) return null;
  return Math.max(0, ((finished_at === null ? now : Date.parse(finished_at)) - Date.parse(started_at)) / 1000);
}

const TASKS: Record<string, StepName> = { 'service.prepare': 'prepare', 'service.mask': 'mask', 'service.share': 'share', 'service.open': 'open', 'descriptor.sign': 'sign' };

/** A phase as its worker calls it, or the step whose task it was. */
export function phaseName(phase: string | null): string | null {
  if (phase === null) return null;
  const step = TASKS[phase];
  return step === undefined ? phase.replaceAll('_', ' ') : STEP_WORDS[step].title.toLowerCase();
}
