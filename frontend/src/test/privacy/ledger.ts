import type { JobSettings, LedgerEntry, PrivacyPlan, PrivacyPreview, PrivacySpent } from '../../api/types.ts';
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

/** About what an accountant says near the form's defaults, where it is 5.36; the platform computes it. */
export function privacyPreview({ privacy, training, strategy }: JobSettings): PrivacyPreview | null {
  if (privacy == null) return null;
  const { mode, unit, delta, noise_multiplier, sample_rate } = privacy;
  const { rounds } = strategy;
  const steps = rounds * (training.steps ?? 1);
  const epsilon = ((mode === 'local' ? 5.362 : 7.14) * (sample_rate / 0.05) * Math.sqrt(steps / 256)) / noise_multiplier ** 1.2;
  const sites = SITES.map((site) => {
    const told = SPENT[site.slug];
    if (told === undefined) return { site: site.slug, study: STUDY, spent: null, after: null, budget: null, delta: null, would_pass: false };
    const after = Math.hypot(told.after[2], epsilon);
    return { site: site.slug, study: STUDY, spent: told.after[2], after, budget: told.budget, delta, would_pass: after > told.budget };
  });
  return { mode, unit, epsilon_pld: epsilon, epsilon_rdp: epsilon * 1.119, delta, noise_multiplier, sample_rate, rounds, steps, honest_sites: mode === 'local' ? null : 2, sites, would_pass: sites.some(({ would_pass }) => would_pass), released_without_dp: RELEASED };
}

/** Answers what belongs to it; null where another part of the platform has to. */
export function privacy(path: string, query: URLSearchParams, now: number): Answer | null {
  if (path !== 'privacy-ledger') return null;
  const fits = (name: string, value: string) => query.get(name) === null || query.get(name) === value;
  const results = ledger(now).filter((one) => fits('federation', one.federation.id) && fits('site', one.site.slug) && fits('study', one.study));
  return { status: 200, body: { next: null, previous: null, results } };
}
