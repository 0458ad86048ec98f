import type { NewJob } from '@/api/jobs';
import type { JobSettings } from '@/api/types';
import { broken, PROMISE, PROMISE_PLACES, promiseOf, type PromiseValues } from './promise';

/** The form's values, flat, and what is wrong with them. The platform checks again; this only answers sooner. */

export interface Values extends PromiseValues {
  title: string;
  network: JobSettings['model']['name'];
  normalisation: JobSettings['model']['normalisation'];
  imageSize: number;
  strategy: JobSettings['strategy']['name'];
  mu: number;
  rounds: number;
  count: 'steps' | 'epochs';
  steps: number;
  epochs: number;
  batchSize: number;
  optimizer: JobSettings['training']['optimizer'];
  learningRate: number;
  finalLearningRate: number;
  classWeights: boolean;
  mixup: number;
  precision: JobSettings['training']['precision'];
  localPatience: number | '';
  patience: number | '';
  secure: boolean;
  minSurvivors: number;
}

export function defaults(minSurvivors: number): Values {
  return {
    title: '',
    network: 'resnet18',
    normalisation: 'batch',
    imageSize: 64,
    strategy: 'fedavg',
    mu: 0.01,
    rounds: 8,
    count: 'steps',
    steps: 32,
    epochs: 1,
    batchSize: 32,
    optimizer: 'adam',
    learningRate: 0.001,
    finalLearningRate: 0.0002,
    classWeights: true,
    mixup: 0,
    precision: 'float32',
    localPatience: '',
    patience: '',
    secure: true,
    minSurvivors,
    ...PROMISE,
  };
}

type Problems = Partial<Record<keyof Values, string>>;

function range(value: number | '', low: number, high: number, unit = ''): string | null {
  if (value === '' || !Number.isFinite(value)) return `Enter a number from ${low} to ${high}${unit}`;
  return value < low || value > high ? `From ${low} to ${high}${unit}; this is ${value}` : null;
}

export function check(values: Values, sites: number, least: number): Problems {
  const found: Record<string, string | null> = {
    title: values.title.trim() === '' ? 'Give the job a title that its sites will recognise' : values.title.length > 120 ? 'At most 120 characters' : null,
    imageSize: range(values.imageSize, 16, 1024, ' pixels'),
    rounds: range(values.rounds, 1, 10_000),
    steps: values.count === 'steps' ? range(values.steps, 1, 100_000) : null,
    epochs: values.count === 'epochs' ? range(values.epochs, 1, 1000) : null,
    batchSize: range(values.batchSize, 2, 1024),
    mu: values.strategy === 'fedprox' ? (values.mu > 0 && values.mu <= 100 ? null : 'Above 0, at most 100') : null,
    learningRate: values.learningRate > 0 && values.learningRate <= 10 ? null : 'Above 0, at most 10',
    finalLearningRate:
      values.finalLearningRate > 0 && values.finalLearningRate <= values.learningRate ? null : `Above 0, and not above the first rate, ${values.learningRate}`,
    mixup: range(values.mixup, 0, 10),
    localPatience: values.localPatience === '' ? null : range(values.localPatience, 1, 1000),
    patience: values.patience === '' ? null : range(values.patience, 1, 10_000),
    minSurvivors: range(values.minSurvivors, least, Math.max(least, sites), ' sites'),
    ...broken(values),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== null)) as Problems;
}

export function toJob(values: Values, federation: string): NewJob {
  const patience = (value: number | '') => (value === '' ? null : value);
  const privacy = promiseOf(values);
  return {
    federation,
    title: values.title.trim(),
    settings: {
      data: { image_size: values.imageSize, ...(privacy !== null && { normalisation: { mean: values.pixelMean, std: values.pixelSpread } }) },
      model: { name: values.network, normalisation: values.normalisation },
      training: {
        steps: values.count === 'steps' ? values.steps : null,
        epochs: values.count === 'epochs' ? values.epochs : null,
        batch_size: values.batchSize,
        optimizer: values.optimizer,
        learning_rate: values.learningRate,
        final_learning_rate: values.finalLearningRate,
        class_weights: values.classWeights ? 'pooled' : 'none',
        mixup_alpha: values.mixup,
        patience: patience(values.localPatience),
        precision: values.precision,
      },
      strategy: { name: values.strategy, rounds: values.rounds, mu: values.strategy === 'fedprox' ? values.mu : 0 },
      selection: { metric: 'mcc', first_round: Math.min(3, values.rounds), patience: patience(values.patience) },
      aggregation: { secure: values.secure, min_survivors: values.minSurvivors },
      ...(privacy !== null && { privacy }),
    },
  };
}

const PLACES: Record<string, keyof Values> = {
  ...PROMISE_PLACES,
  title: 'title',
  'settings.data.image_size': 'imageSize',
  'settings.model.name': 'network',
  'settings.model.normalisation': 'normalisation',
  'settings.training.steps': 'steps',
  'settings.training.epochs': 'epochs',
  'settings.training.batch_size': 'batchSize',
  'settings.training.optimizer': 'optimizer',
  'settings.training.learning_rate': 'learningRate',
  'settings.training.final_learning_rate': 'finalLearningRate',
  'settings.training.mixup_alpha': 'mixup',
  'settings.training.patience': 'localPatience',
  'settings.strategy.name': 'strategy',
  'settings.strategy.rounds': 'rounds',
  'settings.strategy.mu': 'mu',
  'settings.selection.patience': 'patience',
  'settings.aggregation.secure': 'secure',
  'settings.aggregation.min_survivors': 'minSurvivors',
};

/** What the platform says of fields, put beside the inputs; what has no input of its own is told above the form. */
export function fromPlatform(fields: Record<string, string[]>): { beside: Problems; above: string[] } {
  const beside: Problems = {};
  const above: string[] = [];
  for (const [place, messages] of Object.entries(fields)) {
    const input = PLACES[place];
    if (input === undefined) above.push(`${place.replace('settings.', '')}: ${messages.join(' ')}`);
    else beside[input] = messages.join(' ');
  }
  return { beside, above };
}
