import type { Job, JobSettings } from '../api/types.ts';
import { type Plot, tell } from './story.ts';

/** One invented job and its run, for tests, for the fixture server and for the pictures in the documentation. */

export const SITES = [
  { slug: 'aalborg', name: 'Aalborg' },
  { slug: 'basel', name: 'Basel' },
  { slug: 'coimbra', name: 'Coimbra' },
];

export const FEDERATION = { id: '0b6f6a54-7d2e-4c0e-9c33-2f7f7a3f1a01', name: 'Alpine consortium' };

export const START = Date.parse('2026-03-12T13:56:00Z');

const MCC = [-0.01, 0.12, 0.31, 0.44, 0.52, 0.58, 0.63, 0.66, 0.67, 0.69, 0.68, 0.7, 0.7];

export const CURVE = MCC.map((mcc, round) => ({ mcc, accuracy: 0.42 + mcc * 0.56, half: 0.055 - round * 0.0005 }));

export const exampleSettings = (): JobSettings => ({
  data: { task: 'chest-xray-pneumonia', classes: ['normal', 'bacterial', 'viral'], image_size: 224 },
  model: { name: 'resnet18', normalisation: 'batch' },
  training: {
    steps: 96,
    epochs: null,
    batch_size: 32,
    optimizer: 'adam',
    learning_rate: 1e-3,
    final_learning_rate: 2e-4,
    class_weights: 'pooled',
    mixup_alpha: 0,
    patience: null,
    precision: 'bfloat16',
  },
  strategy: { name: 'fedavg', rounds: 12, mu: 0 },
  selection: { metric: 'mcc', first_round: 3, patience: null },
  aggregation: { secure: true, min_survivors: 3 },
});

export const plot = (change: Partial<Plot> = {}): Plot => ({
  start: START,
  sites: SITES.map(({ slug }) => slug),
  rounds: 12,
  training: 44,
  update: 44_903_180,
  curve: CURVE,
  mishap: 5,
  silence: 3,
  ...change,
});

/** A draft before anything has happened to it. */
export const exampleJob = (change: Partial<Job> = {}): Job => ({
  id: '5d0c7a52-6f3b-4b57-8f43-0d7b40f6c701',
  federation: FEDERATION,
  title: 'Pneumonia, spring cohort',
  kind: 'train',
  model: null,
  evaluation: null,
  attack_audit: null,
  state: 'draft',
  settings: exampleSettings(),
  plan_hash: null,
  roster: SITES,
  created_by: 'coordinator',
  created_at: new Date(START).toISOString(),
  submitted_at: null,
  started_at: null,
  best_round: null,
  finished_at: null,
  rounds_total: 12,
  rounds_done: 0,
  best: null,
  test: null,
  curve: [],
  failure: null,
  last_seq: 0,
  ...change,
});

/** The events of the example up to the middle of a round. */
export const exampleRun = () => tell(plot()).filter(({ time }) => Date.parse(time) <= START + 420_000);
