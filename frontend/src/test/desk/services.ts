import type { ProtocolPrice, ServiceDetail, ServiceFailure, ServiceState, ServiceStep, StepName } from '../../api/types.ts';
import { FEDERATION } from '../examples.ts';
import { SERVICES } from '../ids.ts';
import fingerprints from './fingerprints.json' with { type: 'json' };
import { nodes } from './nodes.ts';

/** Invented diagnosis services: one open, one that comes to be while you look, one that failed, one that was closed. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 1_440 * MINUTE;
const iso = (time: number) => new Date(time).toISOString();

const LEARNS = {
  p0: ['masked values', 'the network’s shape and scales', 'when a diagnosis is computed'],
  p1: ['masked values', 'the network’s shape and scales', 'when a diagnosis is computed'],
  dealer: ['the network’s shape', 'how many sets are ordered, and when'],
  hub: ['who asked, and when', 'sizes of sealed messages'],
  requester: ['the answer to its own picture'],
};

const STEPS: { step: StepName; state: ServiceState; nodes: ServiceStep['nodes']; seconds: number }[] = [
  { step: 'prepare', state: 'preparing', nodes: ['owner'], seconds: 21 },
  { step: 'mask', state: 'masking', nodes: ['dealer'], seconds: 3 },
  { step: 'share', state: 'sharing', nodes: ['owner'], seconds: 4 },
  { step: 'open', state: 'opening', nodes: ['p0', 'p1'], seconds: 6 },
  { step: 'sign', state: 'signing', nodes: ['p0', 'p1'], seconds: 2 },
];

export const PRICES: ProtocolPrice[] = [
  { protocol: 'tables', rounds: 69, bytes_each_way: 15_782_144, stock_bytes: { p0: 0, p1: 96_938_784 }, online_seconds: 0.252 },
  { protocol: 'fss', rounds: 52, bytes_each_way: 14_339_856, stock_bytes: { p0: 295_435_264, p1: 341_597_184 }, online_seconds: 0.254 },
  { protocol: 'tables-fast', rounds: 52, bytes_each_way: 14_911_552, stock_bytes: { p0: 0, p1: 318_517_248 }, online_seconds: null },
  { protocol: 'fss-oneround', rounds: 35, bytes_each_way: 14_051_328, stock_bytes: { p0: 940_541_952, p1: 995_859_456 }, online_seconds: null },
];

/** How far publishing has come a while after it began. */
export function stepsAfter(began: number, now: number, failed: StepName | null): { state: ServiceState; steps: ServiceStep[] } {
  let start = began;
  let state: ServiceState = 'open';
  const steps = STEPS.map(({ step, state: during, nodes: who, seconds }): ServiceStep => {
    const from = start;
    const until = from + seconds * SECOND;
    start = until;
    if (state !== 'open' || now < from) return { step, state: 'waiting', nodes: who, started_at: null, finished_at: null };
    if (step === failed) {
      state = 'failed';
      return { step, state: 'failed', nodes: who, started_at: iso(from), finished_at: iso(until) };
    }
    if (now >= until) return { step, state: 'done', nodes: who, started_at: iso(from), finished_at: iso(until) };
    state = during;
    return { step, state: 'running', nodes: who, started_at: iso(from), finished_at: null };
  });
  return { state, steps };
}

export interface Recipe {
  id: string;
  title: string;
  began: number;
  model?: { id: string; name: string; number: number };
  policy?: 'logits' | 'label';
  protocol?: string;
  fails?: { step: StepName; failure: ServiceFailure };
  closed?: number;
  waiting?: number;
  stock?: { p0: number; p1: number };
  low?: number;
  full?: number;
  per_user_daily?: number;
  intended_use?: string;
  expires_at?: string;
}

const WINTER = { id: 'model-c702', name: 'Pneumonia, winter cohort', number: 1 };

export function service(recipe: Recipe, now: number): ServiceDetail {
  const { id, title, began, model = WINTER, policy = 'logits', protocol = 'tables', closed } = recipe;
  const { state: reached, steps } = stepsAfter(began, now, recipe.fails?.step ?? null);
  const state = closed !== undefined && now >= closed ? 'closed' : reached;
  const [p0, p1, dealer, owner] = nodes(now, new Set()) as [ServiceDetail['nodes']['p0'], ServiceDetail['nodes']['p1'], ServiceDetail['nodes']['dealer'], ServiceDetail['nodes']['owner']];
  const prepared = steps[0]?.state === 'done';
  const opened = steps.at(-1)?.finished_at ?? null;
  const price = PRICES.find((one) => one.protocol === protocol);
  const held = state === 'open' ? (recipe.stock ?? { p0: 8, p1: 8 }) : { p0: 0, p1: 0 };
  return {
    id,
    federation: FEDERATION,
    model,
    slug: title.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    title,
    intended_use: recipe.intended_use ?? 'Second reading of frontal chest X-rays of children between one and five years, in research. Not a medical device.',
    policy,
    protocol,
    profile: 'fast',
    state,
    failure: state === 'failed' ? (recipe.fails?.failure ?? null) : null,
    classes: ['normal', 'bacterial', 'viral'],
    stock: { ...held, low: recipe.low ?? 3, full: recipe.full ?? 8 },
    per_user_daily: recipe.per_user_daily ?? 100,
    waiting: state === 'open' ? (recipe.waiting ?? 0) : 0,
    created_by: 'coordinator',
    created_at: iso(began),
    opened_at: opened,
    expires_at: recipe.expires_at ?? iso(began + 180 * DAY),
    closed_at: state === 'closed' && closed !== undefined ? iso(closed) : null,
    nodes: { p0, p1, dealer, owner },
    input: prepared ? { size: 224, channels: 1, mean: 0.4823, std: 0.2361 } : null,
    output: prepared ? { policy, limit: 24.5, temperature: 1.31 } : null,
    price:
      prepared && price !== undefined
        ? { bytes_each_way: price.bytes_each_way, rounds: price.rounds, online_seconds: 0.31, stock_bytes: price.stock_bytes.p0 + price.stock_bytes.p1, learns: LEARNS }
        : null,
    accuracy: prepared ? { images: 64, labels_agree: 64, largest_logit_error: 0.0021 } : null,
    report: prepared ? { notes: policy === 'label' ? [] : ['the folder holds 64 pictures; with 200 its temperature would be surer'], calibration: { source: 'folder', images: 64 } } : null,
    descriptor_digest: opened === null ? '' : fingerprints.descriptor,
    signatures:
      opened === null
        ? []
        : [
            { signer: p0.fingerprint, role: 'p0', name: p0.name, signature: 'c2lnbmVk' },
            { signer: p1.fingerprint, role: 'p1', name: p1.name, signature: 'c2lnbmVk' },
            { signer: owner.fingerprint, role: 'owner', name: owner.name, signature: 'c2lnbmVk' },
            { signer: fingerprints.aalborg, role: 'site', name: 'Aalborg', signature: 'c2lnbmVk' },
            { signer: fingerprints.coimbra, role: 'site', name: 'Coimbra', signature: 'c2lnbmVk' },
          ],
    steps,
  };
}

export function recipesAt(now: number): Recipe[] {
  const failure = {
    node: 'p1',
    phase: 'service.open',
    code: 'party.peer_absent',
    message: 'Party P1 waited 15 s for P0 at north.example:7443, and it did not connect.',
    next_step: 'Ask the people of Party north whether port 7443 can be reached from the other party; then publish again.',
  };
  return [
    { id: SERVICES.open, title: 'Pneumonia from chest X-rays', began: now - 9 * DAY, waiting: 2, stock: { p0: 6, p1: 5 } },
    { id: SERVICES.coming, title: 'Pneumonia, label only', began: now - 26 * SECOND, policy: 'label' },
    { id: SERVICES.failed, title: 'Pneumonia, for long lines', began: now - 3 * DAY, protocol: 'fss-oneround', fails: { step: 'open', failure } },
    { id: SERVICES.closed, title: 'Pneumonia, autumn trial', began: now - 120 * DAY, closed: now - 10 * DAY },
  ];
}
