import type { JobSettings, LedgerEntry, NoiseFound, PrivacyPlan, PrivacyPreview, PrivacySpent, StudyAccount } from '../../api/types.ts';
import type { Answer } from '../desk/desk.ts';
import { FEDERATION, SITES } from '../examples.ts';
import { IDS } from '../ids.ts';

/** The part of the invented platform that keeps the privacy ledger: three jobs on pneumonia, one on nodules. */

const DAY = 86_400_000;
const iso = (time: number) => new Date(time).toISOString();
const STUDY = 'chest-xray-pneumonia';

/** By site: epsilon of the study after the first, the second and the third job; null where it took no part. */
const SPENT: Record<string, { after: [number | null, number | null, number]; budget: number }> = {
  aalborg: { after: [4.467, 5.876, 7.49], budget: 10 },
  basel: { after: [null, 3.653, 5.84], budget: 6 },
  coimbra: { after: [4.467, null, 6.33], budget: 12 },
};

const JOBS = [
  { job: IDS.failed, job_title: 'Pneumonia, autumn trial', age: 33 * DAY, rounds: 8, steps: 256, epsilon: 4.467 },
  { job: IDS.done, job_title: 'Pneumonia, autumn cohort', age: 17 * DAY, rounds: 12, steps: 384, epsilon: 3.653 },
  { job: IDS.private, job_title: 'Pneumonia, winter cohort, private', age: 2 * DAY, rounds: 8, steps: 176, epsilon: 4.47 },
];

export const PRIVATE_PLAN: PrivacyPlan = { mode: 'local', unit: 'patient', noise_multiplier: 1, clip: 1, sample_rate: 0.05, delta: 1e-5, max_physical_batch: 16 };

export const PRIVATE_LINEAGE: PrivacySpent = { mode: 'local', unit: 'patient', noise_multiplier: 1, clip: 1, sample_rate: 0.05, delta: 1e-5, epsilon_pld: 4.47, epsilon_rdp: 5.02, rounds: 8, steps: 176 };

export const REFUSED = { site: 'basel', rounds_done: 8, reason: `the privacy budget of the study '${STUDY}' at this site is spent: epsilon is 5.840 now and would be 6.061 at delta 1e-05; the budget is 6; no further round leaves this site` };

export function ledger(now: number): LedgerEntry[] {
  const shared = { federation: FEDERATION, delta: 1e-5, mode: 'local', unit: 'patient' } as const;
  const rows = SITES.flatMap((site, index) => {
    const own = SPENT[site.slug];
    return JOBS.flatMap(({ age, ...job }, at) => {
      const cumulative = own?.after[at] ?? null;
      return own === undefined || cumulative === null ? [] : [{ ...shared, ...job, id: `${site.slug}-${at}`, site, study: STUDY, cumulative, budget: own.budget, reported_at: iso(now - age + index * 41_000) }];
    });
  });
  const nodules = { ...shared, id: 'nodules', site: SITES[1] ?? { slug: '', name: '' }, study: 'ct-lung-nodules', job: IDS.cancelled, job_title: 'Nodules, first trial', rounds: 5, steps: 160, epsilon: 1.391, cumulative: 1.391, budget: 4, reported_at: iso(now - 9 * DAY) };
  return [...rows, nodules];
}

const RELEASED = [
  "the confusion matrix and loss of every round's model on the validation images of all sites together",
  'the confusion matrix and loss of the chosen model on the test images of all sites together',
  'which sites took part in each round, and how long each took',
];

/** A job that waits for its sites' approval; only the ledger knows of it. */
const WAITING = { job: '5d0c7a52-6f3b-4b57-8f43-0d7b40f6c7ff', job_title: 'Pneumonia, spring cohort, private', state: 'awaiting_approval', rounds: 4, steps: 88 } as const;
const RESERVED: Record<string, number> = { aalborg: 1.13, coimbra: 1.26 };

export function standings(now: number): StudyAccount[] {
  const last = new Map(ledger(now).toSorted((a, b) => a.reported_at.localeCompare(b.reported_at)).map((one) => [`${one.study} ${one.site.slug}`, one]));
  return [...last.values()].map(({ federation, site, study, cumulative: spent, budget, delta, reported_at }) => {
    const reserved = study === STUDY ? (RESERVED[site.slug] ?? 0) : 0;
    return { federation, site, study, spent, reserved, budget, delta, reported_at, reservations: reserved > 0 ? [WAITING] : [] };
  });
}

const unscaled = (mode: PrivacyPlan['mode'], rate: number, steps: number) => (mode === 'local' ? 5.362 : 7.14) * (rate / 0.05) * Math.sqrt(steps / 256);

/** About what an accountant says near the form's defaults, where it is 5.36; the platform computes it. */
export function privacyPreview({ privacy, training, strategy }: JobSettings): PrivacyPreview | null {
  if (privacy == null) return null;
  const { mode, unit, delta, noise_multiplier, sample_rate } = privacy;
  const { rounds } = strategy;
  const steps = rounds * (training.steps ?? 1);
  const epsilon = unscaled(mode, sample_rate, steps) / noise_multiplier ** 1.2;
  const sites = SITES.map((site) => {
    const told = SPENT[site.slug];
    if (told === undefined) return { site: site.slug, study: STUDY, spent: null, reserved: null, after: null, budget: null, delta: null, would_pass: false };
    const reserved = RESERVED[site.slug] ?? 0;
    const after = Math.hypot(told.after[2] + reserved, epsilon);
    return { site: site.slug, study: STUDY, spent: told.after[2], reserved, after, budget: told.budget, delta, would_pass: after > told.budget };
  });
  return { mode, unit, epsilon_pld: epsilon, epsilon_rdp: epsilon * 1.119, delta, noise_multiplier, sample_rate, rounds, steps, honest_sites: mode === 'local' ? null : 2, sites, would_pass: sites.some(({ would_pass }) => would_pass), released_without_dp: RELEASED };
}

/** The other way round, rounded up to four digits as the platform does. */
function noiseFor(query: URLSearchParams): NoiseFound {
  const [target = 0, rate = 0, steps = 0] = ['epsilon', 'sample_rate', 'steps'].map((name) => Number(query.get(name)));
  const one = unscaled('local', rate, steps);
  const exact = (one / target) ** (1 / 1.2);
  const unit = 10 ** (Math.floor(Math.log10(exact)) - 3);
  const noise_multiplier = Number((Math.ceil(exact / unit) * unit).toPrecision(4));
  const epsilon_pld = one / noise_multiplier ** 1.2;
  return { noise_multiplier, epsilon_pld, epsilon_rdp: epsilon_pld * 1.119 };
}

/** Answers what belongs to it; null where another part of the platform has to. */
export function privacy(path: string, query: URLSearchParams, now: number): Answer | null {
  if (path === 'privacy-noise') return { status: 200, body: noiseFor(query) };
  if (path === 'privacy-accounts') return { status: 200, body: { next: null, previous: null, results: standings(now).filter(({ federation }) => (query.get('federation') ?? federation.id) === federation.id) } };
  if (path !== 'privacy-ledger') return null;
  const fits = (name: string, value: string) => query.get(name) === null || query.get(name) === value;
  const results = ledger(now).filter((one) => fits('federation', one.federation.id) && fits('site', one.site.slug) && fits('study', one.study));
  return { status: 200, body: { next: null, previous: null, results } };
}
