import type { PrivacyMode, PrivacyPlan, PrivacyUnit } from '@/api/types';
import type { Values } from './values';

/** Differential privacy in the form: what it is worth, what it takes from the other fields, and what is wrong with it. */

export interface PromiseValues {
  promise: 'off' | PrivacyMode;
  unit: PrivacyUnit;
  noise: number;
  clip: number;
  sampleRate: number;
  delta: number;
  physicalBatch: number;
  pixelMean: number;
  pixelSpread: number;
}

/** The noise and the rate leave a ResNet-18 something to learn in a few hundred steps; the grey scale is a convention. */
export const PROMISE: PromiseValues = { promise: 'off', unit: 'patient', noise: 1, clip: 1, sampleRate: 0.05, delta: 1e-5, physicalBatch: 16, pixelMean: 0.5, pixelSpread: 0.25 };

type Change = Partial<Values>;

/** What breaks any promise: layers that mix images, batches that are no samples, exact counts, choices by exact figures. */
const KEPT: Change = { normalisation: 'group', count: 'steps', classWeights: false, mixup: 0, localPatience: '', precision: 'float32' };

/** What the other fields become when the mode changes. Without a promise they are what they were at first. */
export function promised(promise: PromiseValues['promise'], before: Values, first: Values): Change {
  const { noise, sampleRate } = PROMISE;
  const rounds = { strategy: first.strategy, rounds: first.rounds, steps: first.steps, batchSize: first.batchSize, learningRate: first.learningRate, finalLearningRate: first.finalLearningRate };
  switch (promise) {
    case 'off': {
      const { normalisation, count, classWeights } = first;
      return { promise, normalisation, count, classWeights, ...(before.promise === 'distributed' && rounds) };
    }
    case 'local':
      return { promise, ...KEPT, noise, sampleRate, ...(before.promise === 'distributed' && rounds), ...(before.strategy === 'fedsgd' && { strategy: first.strategy }) };
    case 'distributed':
      // One noisy sum a round: more rounds, and a rate for gradients of norm one.
      return { promise, ...KEPT, strategy: 'fedsgd', steps: 1, batchSize: 128, rounds: 100, learningRate: 0.5, finalLearningRate: 0.1, secure: true, noise: 3, sampleRate: 0.2 };
  }
}

const share = (value: number, what: string) => (value > 0 && value <= 1 ? null : `${what} is above 0, at most 1`);

/** Rules of the platform that the form can tell by itself. */
export function broken(values: Values): Record<string, string | null> {
  if (values.promise === 'off') return {};
  return {
    noise: values.noise > 0 && values.noise <= 1000 ? null : 'Above 0, at most 1000',
    clip: values.clip > 0 && values.clip <= 1e4 ? null : 'Above 0, at most 10,000',
    sampleRate: share(values.sampleRate, 'A chance'),
    delta: values.delta > 0 && values.delta <= 0.01 ? null : 'Above 0, at most 0.01: less than 1 / the patients of all sites, such as 0.00001',
    physicalBatch: Number.isInteger(values.physicalBatch) && values.physicalBatch >= 1 && values.physicalBatch <= 1024 ? null : 'A whole number from 1 to 1024',
    pixelMean: values.pixelMean >= 0 && values.pixelMean <= 1 ? null : 'From 0 to 1',
    pixelSpread: share(values.pixelSpread, 'A spread of grey values'),
  };
}

export function promiseOf(values: Values): PrivacyPlan | null {
  if (values.promise === 'off') return null;
  return {
    mode: values.promise,
    unit: values.unit,
    noise_multiplier: values.noise,
    clip: values.clip,
    sample_rate: values.sampleRate,
    delta: values.delta,
    max_physical_batch: values.physicalBatch,
  };
}

export const PROMISE_PLACES: Record<string, keyof PromiseValues> = {
  'settings.privacy': 'promise',
  'settings.privacy.mode': 'promise',
  'settings.privacy.unit': 'unit',
  'settings.privacy.noise_multiplier': 'noise',
  'settings.privacy.clip': 'clip',
  'settings.privacy.sample_rate': 'sampleRate',
  'settings.privacy.delta': 'delta',
  'settings.privacy.max_physical_batch': 'physicalBatch',
  'settings.data.normalisation': 'pixelMean',
  'settings.data.normalisation.mean': 'pixelMean',
  'settings.data.normalisation.std': 'pixelSpread',
};
