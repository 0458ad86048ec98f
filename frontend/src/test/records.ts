import type { AuditEntry, Dataset, Federation, Job, JobSettings, ModelDetail, Pooled, Preview, Session, TestResult } from '../api/types.ts';
import { FEDERATION, SITES } from './examples.ts';
import { PRIVATE_LINEAGE, privacyPreview } from './privacy/ledger.ts';

/** The invented rows of the fixture hub that do not change by themselves. */

const NEWCOMER = { slug: 'delft', name: 'Delft' };
const DAY = 86_400_000;
const iso = (time: number) => new Date(time).toISOString();

/** Sixty-four hexadecimal digits that look like a hash and are the same each time. */
export function digest(seed: number): string {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  let text = '';
  while (text.length < 64) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    text += (state >>> 16).toString(16).padStart(4, '0');
  }
  return text;
}

export const TEST_RESULT: TestResult = {
  round: 11,
  n: 624,
  accuracy: 0.8413,
  mcc: 0.752,
  low: 0.708,
  high: 0.795,
  mean_loss: 0.462,
  confusion: [
    [196, 21, 17],
    [8, 221, 13],
    [12, 28, 108],
  ],
};

export function session(signedIn: boolean): Session {
  const user = { id: 'u1', username: 'coordinator', first_name: '', last_name: '', email: '' };
  const membership = {
    federation: FEDERATION.id,
    federation_slug: 'alpine',
    federation_name: FEDERATION.name,
    role: 'coordinator' as const,
    site: null,
    site_slug: null,
  };
  return { user: signedIn ? user : null, memberships: signedIn ? [membership] : [], csrf: 'fixture' };
}

export function federation(now: number, confirmed: ReadonlySet<string>): Federation {
  const heard = [now - 3_000, now - 8_000, now - 1_000, now - 5_000];
  return {
    ...FEDERATION,
    slug: 'alpine',
    min_survivors: 3,
    created_at: iso(now - 41 * DAY),
    roles: ['coordinator'],
    sites: [...SITES, NEWCOMER].map(({ slug, name }, index) => ({
      id: `site-${slug}`,
      slug,
      name,
      colour: index,
      fingerprint: digest(index + 1),
      confirmed: confirmed.has(slug),
      confirmed_at: confirmed.has(slug) ? iso(now - 40 * DAY) : null,
      online: true,
      last_seen_at: iso(heard[index] ?? now),
      agent_version: '0.1.0',
      created_at: iso(now - 41 * DAY),
    })),
  };
}

const CHECKS = ['classes', 'splits', 'patients', 'duplicates', 'readable', 'resolution', 'aspect', 'upright', 'contrast'];

export function datasets(now: number): Dataset[] {
  const status = (site: number, name: string) => {
    if (site === 1 && name === 'upright') return 'warn' as const;
    if (site !== 3) return 'pass' as const;
    return name === 'splits' ? ('fail' as const) : name === 'readable' ? ('warn' as const) : ('pass' as const);
  };
  return [...SITES, NEWCOMER].map(({ slug, name }, index) => ({
    id: `data-${slug}`,
    federation: FEDERATION.id,
    site: `site-${slug}`,
    site_slug: slug,
    site_name: name,
    name: 'spring cohort',
    task: 'chest-xray-pneumonia',
    classes: ['normal', 'bacterial', 'viral'],
    version: digest(index + 11),
    ready: index !== 3,
    reported_at: iso(now - (index + 2) * 2_200_000),
    checks: CHECKS.map((check) => ({ name: check, status: status(index, check) })),
  }));
}

export function pooled(job: Job, closed: number): Pooled {
  const class_counts = [1_349, 2_538, 1_345];
  return {
    federation: FEDERATION.id,
    job: job.id,
    job_title: job.title,
    task: 'chest-xray-pneumonia',
    classes: ['normal', 'bacterial', 'viral'],
    class_counts,
    images: class_counts.reduce((sum, one) => sum + one, 0),
    mean: 0.4823,
    std: 0.2361,
    sites: SITES.map(({ slug }) => slug),
    secure: true,
    closed_at: iso(closed),
  };
}

const PARAMETERS: Record<string, number> = { resnet18: 11_171_779, vgg16: 134_271_683, small_cnn: 94_019 };

export function preview({ settings }: { settings: JobSettings }): Preview {
  const parameters = PARAMETERS[settings.model.name] ?? 0;
  const pace = (settings.training.steps ?? 60) * settings.training.batch_size * (settings.data.image_size / 64) ** 2;
  const seconds = 4 + pace / 68;
  return {
    parameters,
    rounds: settings.strategy.rounds,
    sites: 3,
    upload_bytes_round: parameters * 4 + 61_440,
    download_bytes_round: parameters * 4 + 20_480,
    upload_bytes_total: (parameters * 4 + 61_440) * settings.strategy.rounds,
    seconds_round: { low: seconds * 0.9, high: seconds * 1.3 },
    dropouts_tolerated: 0,
    colluders: 1,
    visibility: [],
    privacy: privacyPreview(settings),
    warnings: settings.strategy.rounds < 3 ? ['The first rounds average to a weak model; take at least 3.'] : [],
  };
}

/** What a job costs that only looks at a model: one step, and a few integers from each site. */
export function examinationPreview(): Preview {
  return { parameters: PARAMETERS.resnet18 ?? 0, rounds: 1, sites: 3, upload_bytes_round: 123_904, download_bytes_round: 44_738_560, upload_bytes_total: 123_904, seconds_round: null, dropouts_tolerated: 0, colluders: 1, visibility: [], warnings: [], privacy: null };
}

export function modelOf(job: Job, made: number): ModelDetail {
  const slugs = SITES.map(({ slug }) => slug);
  return {
    id: `model-${job.id.slice(-4)}`,
    federation: FEDERATION,
    job: { id: job.id, title: job.title },
    name: job.title,
    number: 1,
    state: 'draft',
    architecture: 'resnet18',
    parameters: PARAMETERS.resnet18 ?? null,
    sha256: digest(31),
    size_bytes: 44_738_560,
    test: TEST_RESULT,
    created_at: iso(made),
    card: {
      task: 'chest-xray-pneumonia',
      classes: ['normal', 'bacterial', 'viral'],
      model: { name: 'resnet18', normalisation: 'batch' },
      image_size: job.settings.data.image_size,
      normalisation: { mean: 0.4823, std: 0.2361 },
      strategy: 'fedavg',
      best_round: 11,
      ended: job.settings.privacy == null ? 'all rounds done' : 'budget',
      intended_use: 'research; not a medical device',
    },
    lineage: {
      job: job.id,
      plan_hash: job.plan_hash ?? digest(51),
      initial_model: digest(52),
      model_hash: digest(53),
      sites: slugs,
      signatures: Object.fromEntries(slugs.map((slug) => [slug, 'c2lnbmVk'])),
      secure: true,
      rounds: Array.from({ length: 12 }, (_, index) => ({ number: index + 1, kind: 'train', round: index + 1, survivors: slugs })),
      epsilon: job.settings.privacy == null ? null : PRIVATE_LINEAGE,
    },
  };
}

export function auditEntries(now: number): AuditEntry[] {
  const rows: [number, string, string, string, Record<string, unknown>][] = [
    [7.4, 'coordinator', 'job.submitted', 'Pneumonia, spring cohort', { plan: '9f3c1ae077d2' }],
    [8.1, 'coordinator', 'job.created', 'Pneumonia, spring cohort', {}],
    [190, 'coordinator', 'session.opened', 'coordinator', { address: '10.4.1.7' }],
    [4_310, 'system', 'model.registered', 'Pneumonia, winter cohort v1', { sha256: digest(31).slice(0, 12) }],
    [4_310, 'system', 'job.succeeded', 'Pneumonia, winter cohort', { best_round: 11 }],
    [5_760, 'system', 'job.failed', 'Pneumonia, winter cohort, 320 px', { site: 'basel', phase: 'training' }],
    [57_400, 'coordinator', 'site.confirmed', 'basel', { fingerprint: digest(2).slice(0, 12) }],
    [57_480, 'coordinator', 'site.confirmed', 'aalborg', { fingerprint: digest(1).slice(0, 12) }],
    [58_100, 'site coimbra', 'site.enrolled', 'coimbra', { fingerprint: digest(3).slice(0, 12) }],
    [58_300, 'coordinator', 'enrolment.created', 'coimbra', {}],
    [58_900, 'operator', 'federation.created', FEDERATION.name, { min_survivors: 3 }],
  ];
  return rows.map(([minutes, actor, action, subject, detail], index) => ({
    number: rows.length - index,
    time: iso(now - minutes * 60_000),
    actor,
    action,
    subject,
    federation: FEDERATION.id,
    detail,
    previous_hash: digest(100 + rows.length - index - 1),
    hash: digest(100 + rows.length - index),
  }));
}
