/** The platform's shapes as the dashboard reads them. It does not know how they are fetched. */

export type Role = 'coordinator' | 'site_admin' | 'clinician' | 'auditor';

export interface FederationRef {
  id: string;
  name: string;
}

export interface SiteRef {
  slug: string;
  name: string;
}

export interface Membership {
  federation: string;
  federation_slug: string;
  federation_name: string;
  role: Role;
  site: string | null;
  site_slug: string | null;
}

export interface User {
  id: string;
  username: string;
  first_name: string;
  last_name: string;
  email: string;
}

export interface Session {
  user: User | null;
  memberships: Membership[];
  csrf: string;
}

export interface Page<Row> {
  next: string | null;
  previous: string | null;
  results: Row[];
}

export interface Site extends SiteRef {
  id: string;
  colour: number;
  fingerprint: string;
  confirmed: boolean;
  confirmed_at: string | null;
  online: boolean;
  last_seen_at: string | null;
  agent_version: string;
  created_at: string;
}

export interface Federation extends FederationRef {
  slug: string;
  min_survivors: number;
  created_at: string;
  roles: string[];
  sites: Site[];
}

export interface Enrolment {
  id: string;
  site_slug: string;
  site_name: string;
  expires_at: string;
  token: string;
}

export interface ReadinessCheck {
  name: string;
  passed: boolean;
  advice?: string;
}

export interface Dataset {
  id: string;
  federation: string;
  site: string;
  site_slug: string;
  site_name: string;
  name: string;
  task: string;
  classes: string[];
  version: string;
  ready: boolean;
  checks: ReadinessCheck[];
  reported_at: string;
}

export type JobState =
  | 'draft'
  | 'awaiting_approval'
  | 'queued'
  | 'running'
  | 'paused'
  | 'succeeded'
  | 'failed'
  | 'cancelled';

export interface Failure {
  site: string | null;
  phase: string | null;
  reason: string;
  next_step: string;
}

export interface CurvePoint {
  round: number;
  mcc: number;
  accuracy: number;
  low: number;
  high: number;
}

export interface TestResult {
  n: number;
  accuracy: number;
  mcc: number;
  low: number;
  high: number;
  round: number;
  mean_loss: number | null;
  confusion: number[][];
}

export interface BestRound {
  round: number;
  mcc: number;
  low: number;
  high: number;
}

export interface JobSettings {
  data: { task: string; classes: string[]; image_size: number };
  model: { name: 'resnet18' | 'vgg16' | 'small_cnn'; normalisation: 'batch' | 'group' };
  training: {
    steps: number | null;
    epochs: number | null;
    batch_size: number;
    optimizer: 'adam' | 'sgd';
    learning_rate: number;
    final_learning_rate: number;
    class_weights: 'none' | 'pooled';
    mixup_alpha: number;
    patience: number | null;
    precision: 'float32' | 'bfloat16';
  };
  strategy: { name: 'fedavg' | 'fedsgd' | 'fedprox'; rounds: number; mu: number };
  selection: { metric: 'mcc'; first_round: number; patience: number | null };
  aggregation: { secure: boolean; min_survivors: number };
}

export interface Job {
  id: string;
  federation: FederationRef;
  title: string;
  kind: string;
  state: JobState;
  settings: JobSettings;
  plan_hash: string | null;
  roster: SiteRef[];
  created_by: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  rounds_total: number;
  rounds_done: number;
  best: BestRound | null;
  test: TestResult | null;
  curve: CurvePoint[];
  failure: Failure | null;
  last_seq: number;
}

export interface Approval {
  site: SiteRef;
  decision: 'approve' | 'refuse' | null;
  reason: string;
  decided_at: string | null;
}

export type Phase =
  | 'waiting'
  | 'fetching'
  | 'training'
  | 'masking'
  | 'uploading'
  | 'consenting'
  | 'unmasking'
  | 'applying'
  | 'done'
  | 'dropped';

export interface Span {
  phase: Phase;
  start: string;
  end: string | null;
}

export interface Progress {
  done: number;
  total: number;
}

export interface Lane {
  site: string;
  phase: Phase;
  spans: Span[];
  progress: Progress | null;
  size_bytes: number | null;
}

export interface Attempt {
  number: number;
  state: 'open' | 'aborting' | 'closed' | 'failed' | 'cancelled';
  phase: string | null;
  opened_at: string;
  closed_at: string | null;
  failure: Failure | null;
  lanes: Lane[];
}

export type StepKind = 'statistics' | 'train' | 'evaluate';

export interface Round {
  number: number;
  kind: StepKind;
  round: number | null;
  state: 'open' | 'closed' | 'failed' | 'cancelled';
  opened_at: string;
  closed_at: string | null;
  seconds: number | null;
  survivors: string[];
  metrics: Record<string, unknown> | null;
  saturated: number | null;
  attempts: Attempt[];
}

export interface JobEvent {
  seq: number;
  time: string;
  site: string | null;
  kind: string;
  payload: Record<string, unknown>;
}

export interface Visibility {
  what: string;
  coordinator: boolean;
  sites: boolean;
}

export interface Preview {
  parameters: number;
  rounds: number;
  sites: number;
  upload_bytes_round: number;
  download_bytes_round: number;
  upload_bytes_total: number;
  seconds_round: { low: number; high: number } | null;
  dropouts_tolerated: number;
  colluders: number;
  visibility: Visibility[];
  warnings: string[];
}

export interface ModelVersion {
  id: string;
  federation: FederationRef;
  job: { id: string; title: string };
  name: string;
  number: number;
  state: 'draft' | 'published' | 'retired';
  architecture: string;
  parameters: number | null;
  sha256: string;
  size_bytes: number;
  test: TestResult | null;
  created_at: string;
}

export interface ModelCard {
  task: string;
  classes: string[];
  model: { name: string; normalisation: string; channels?: number };
  image_size: number;
  normalisation: { mean: number; std: number } | null;
  strategy: string;
  best_round: number;
  ended: string;
  intended_use: string;
}

export interface ModelLineage {
  job: string;
  plan_hash: string;
  initial_model: string;
  model_hash: string;
  sites: string[];
  signatures: Record<string, string>;
  secure: boolean;
  rounds: { number: number; kind: StepKind; round: number | null; survivors: string[] }[];
  epsilon: number | null;
}

export interface ModelDetail extends ModelVersion {
  card: ModelCard;
  lineage: ModelLineage;
}

export interface AuditEntry {
  number: number;
  time: string;
  actor: string;
  action: string;
  subject: string;
  federation: string | null;
  detail: Record<string, unknown>;
  previous_hash: string;
  hash: string;
}
