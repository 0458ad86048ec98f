/** The platform's shapes, generated from its committed description, and the insides of what it calls free JSON. */
import type { AuditPlan } from './documents';
import type { components } from './schema';

/** The version of a model that an evaluation or an audit is about. */
export interface ModelOfEvidence {
  id: string;
  name: string;
  number: number;
}

/** What an evaluation counts, as its plan says. */
export interface EvaluationSettings {
  split: 'validation' | 'test';
  score_bins: number;
  replicates: number;
  subgroups: ('age' | 'sex' | 'view')[];
  per_site: boolean;
  smallest_cell: number;
}

/** The platform always tells every field; its description calls some optional because their rows have defaults. */
type Told<Schema> = { -readonly [Name in keyof Schema]-?: Schema[Name] };
type Schemas = { [Name in keyof components['schemas']]: Told<components['schemas'][Name]> };
type With<Schema, Known> = Omit<Schema, keyof Known> & Known;

export type Role = Schemas['RoleEnum'];
export type Membership = Schemas['MembershipOutput'];
export type User = Schemas['UserOutput'];
export type Session = With<Schemas['SessionOutput'], { user: User | null; memberships: Membership[] }>;
export type FederationRef = Schemas['FederationRef'];
export type SiteRef = Schemas['SiteRef'];
export type Site = Schemas['SiteOutput'];
export type Federation = With<Schemas['FederationOutput'], { sites: Site[] }>;
export type Enrolment = Schemas['EnrolmentOutput'];
export type Dataset = Schemas['DatasetOutput'];
export type ReadinessCheck = Schemas['CheckOutput'];
export type Pooled = Schemas['PooledOutput'];
export type JobState = Schemas['JobStateEnum'];
export type Failure = Pick<Schemas['FailureOutput'], 'site' | 'phase' | 'reason'> & { next_step?: string; code?: string };
export type CurvePoint = Schemas['CurvePoint'];
export type BestRound = Omit<Schemas['BestOutput'], 'interval'>;
export type TestResult = Schemas['TestOutput'];
export type Approval = With<Schemas['ApprovalOutput'], { decision: 'approve' | 'refuse' | null }>;
export type JobEvent = Schemas['EventOutput'];
export type Preview = With<Schemas['PreviewOutput'], { privacy: PrivacyPreview | null }>;
export type ModelVersion = With<Schemas['ModelVersionOutput'], { test: TestResult | null }>;
export type AuditEntry = With<Schemas['AuditEntryOutput'], { detail: Record<string, unknown> }>;
export type StepKind = Schemas['RoundKindEnum'] | 'scores' | 'audit';
export type JobKind = 'train' | 'evaluate' | 'audit';
export type Progress = Schemas['StepsOutput'];

export type PrivacyMode = 'local' | 'distributed';
export type PrivacyUnit = 'image' | 'patient';
export type SiteForecast = Schemas['BudgetOutlookOutput'];
export type PrivacyPreview = With<Schemas['PromisedPrivacyOutput'], { sites: SiteForecast[] }>;
export type Reservation = Schemas['ReservationOutput'];
export type StudyAccount = With<Schemas['AccountOutput'], { federation: FederationRef; site: SiteRef; reservations: Reservation[] }>;
export type NoiseFound = Schemas['NoiseOutput'];
export type LedgerEntry = With<Schemas['SpendingOutput'], { federation: FederationRef; site: SiteRef; mode: PrivacyMode; unit: PrivacyUnit }>;

/** What a job's settings promise. Epsilon follows from these numbers and the count of steps alone. */
export interface PrivacyPlan {
  mode: PrivacyMode;
  unit: PrivacyUnit;
  noise_multiplier: number;
  clip: number;
  sample_rate: number;
  delta: number;
  max_physical_batch: number;
}

/** What the training of a model has spent at each of its sites. */
export interface PrivacySpent extends Omit<PrivacyPlan, 'max_physical_batch'> {
  epsilon_pld: number;
  epsilon_rdp: number;
  rounds: number;
  steps: number;
}

export interface Page<Row> {
  next: string | null;
  previous: string | null;
  results: Row[];
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
  /** Of a job that counts a model's answers, and of one that attacks it; a training job has neither. */
  evaluation?: EvaluationSettings | null;
  audit?: AuditPlan | null;
  /** Of a training job that promises differential privacy. */
  privacy?: PrivacyPlan | null;
}

export type Job = With<
  Schemas['JobOutput'],
  {
    kind: JobKind;
    model: ModelOfEvidence | null;
    evaluation: string | null;
    attack_audit: string | null;
    settings: JobSettings;
    best: BestRound | null;
    test: TestResult | null;
    failure: Failure | null;
    curve: CurvePoint[];
    roster: SiteRef[];
  }
>;

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

export type Span = With<Schemas['SpanOutput'], { phase: Phase }>;
export type Lane = With<Schemas['LaneOutput'], { phase: Phase; spans: Span[] }>;
export type Attempt = With<Schemas['AttemptOutput'], { phase: string | null; lanes: Lane[]; failure: Failure | null }>;
export type Round = With<Schemas['RoundOutput'], { kind: StepKind; attempts: Attempt[]; metrics: Record<string, unknown> | null }>;

export interface ModelCard {
  task: string;
  classes: string[];
  model: { name: string; normalisation: string; channels?: number };
  image_size: number;
  normalisation: { mean: number; std: number } | null;
  strategy: string;
  /** Only of what was trained here. */
  best_round?: number;
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
  epsilon: PrivacySpent | null;
}

export type ModelDetail = With<Omit<Schemas['ModelDetailOutput'], 'evaluation'>, { card: ModelCard; lineage: ModelLineage | Record<string, never>; test: TestResult | null }>;

export type NodeRole = Schemas['NodeRoleEnum'];
export type Node = Schemas['NodeOutput'];
export type NodeInvitation = Schemas['NodeInvitationOutput'];
export type ServiceState = Schemas['ServiceStateEnum'];
export type ServiceFailure = Schemas['DiagnosisFailureOutput'];
export type Stock = Schemas['StockOutput'];
export type StepName = Schemas['PublishingStepEnum'];
export type ServiceStep = With<Schemas['PublishingStepOutput'], { nodes: NodeRole[] }>;
export type DescriptorSignature = Omit<Schemas['DescriptorSignatureOutput'], 'identity'>;
export type LogEntry = With<Schemas['LogEntryOutput'], { detail: Record<string, unknown> }>;
export type ProtocolPrice = Schemas['ProtocolPriceOutput'];

type ServiceRow = { failure: ServiceFailure | null; stock: Stock };
/** What the model owner's worker found out; it comes with the first step of publishing. */
type ServiceFacts = {
  input: Pick<Schemas['InputFactsOutput'], 'size' | 'channels' | 'mean' | 'std'> | null;
  output: Pick<Schemas['OutputFactsOutput'], 'policy' | 'limit' | 'temperature'> | null;
  price: Schemas['PriceFactsOutput'] | null;
  accuracy: Schemas['AccuracyFactsOutput'] | null;
};
type ServiceWhole = ServiceRow & ServiceFacts & { nodes: Record<NodeRole, Node>; signatures: DescriptorSignature[]; steps: ServiceStep[] };

export type Service = With<Schemas['ServiceOutput'], ServiceRow>;
export type ServiceDetail = With<Omit<Schemas['ServiceDetailOutput'], 'program' | 'mask' | 'epoch'>, ServiceWhole>;
export type StepLatency = Schemas['StepTimesOutput'];
export type Operations = Omit<Schemas['OperationsOutput'], 'stock'>;

export type Scope = Schemas['ScopesEnum'];
export type Token = Schemas['TokenOutput'];
export type NewToken = Schemas['NewTokenOutput'];
export type WebhookKind = Schemas['WebhookKindEnum'];
export type Webhook = Schemas['WebhookOutput'];
export type NewWebhook = Schemas['NewWebhookOutput'];
export type WebhookDelivery = Omit<Schemas['WebhookDeliveryOutput'], 'diagnosis'>;
