/** The two documents of evidence, as the platform's core writes them: an evaluation and an attack audit. */

export interface Figure {
  value: number | null;
  low: number | null;
  high: number | null;
  /** A key of the document's `intervals`, or null where nothing bounds the value. */
  method?: string | null;
}

export interface CalibrationBin {
  low: number;
  high: number;
  count: number;
  confidence: number | null;
  accuracy: number | null;
}

export interface ClassEvaluation {
  name: string;
  n: number;
  sensitivity: Figure;
  specificity: Figure;
  ppv: Figure;
  npv: Figure;
  f1: Figure;
  auc: Figure;
  net_benefit: number[];
  net_benefit_of_all: number[];
  roc: { fpr: number[]; tpr: number[] } | null;
}

export interface Subgroup {
  attribute: string;
  group: string;
  n: number | null;
  accuracy: Figure | null;
  mcc: Figure | null;
  suppressed: boolean;
}

export interface SiteEvaluation {
  site: string;
  n: number;
  accuracy: Figure;
  mcc: Figure;
  sensitivity: Figure[];
}

export interface EvaluationDocument {
  model: { hash: string; name: string; number: number | null };
  cohort: { versions: string[] };
  split: string;
  made: string;
  n: number;
  patients: number | null;
  classes: string[];
  confusion: number[][];
  accuracy: Figure;
  accuracy_clopper_pearson: Figure;
  accuracy_by_patient: Figure | null;
  balanced_accuracy: number;
  mcc: Figure;
  mcc_by_patient: Figure | null;
  kappa: number;
  kappa_linear: number;
  kappa_quadratic: number;
  mean_loss: number | null;
  per_class: ClassEvaluation[];
  auc_ovr_macro: number | null;
  auc_ovr_weighted: number | null;
  auc_ovo_macro: number | null;
  auc_ovo_weighted: number | null;
  auc_hardlabel_ovr_macro: number | null;
  brier: number;
  log_loss: number;
  expected_calibration_error: number;
  reliability: CalibrationBin[];
  thresholds: number[];
  subgroups: Subgroup[];
  sites: SiteEvaluation[];
  quantised_bins: number | null;
  smallest_cell: number | null;
  intervals: Record<string, string>;
  /** What a reader has to know of how it was counted. */
  notes: string[];
}

export type AuditView = 'gradient' | 'update' | 'secure_sum';
export type Control = 'attack' | 'null' | 'tv_only' | 'positive';
export type Verdict = 'audit invalid' | 'leak shown' | 'no leak shown';
export type Finding = 'identifies' | 'resembles' | 'nothing shown';

/** Over images: the mean, what the 5 % most exposed reach, and the most exposed of all. */
export interface Spread {
  mean: number;
  p5: number;
  worst: number;
}

export interface Identification {
  hits: number;
  trials: number;
  gallery: number;
  low: number;
  high: number;
  chance: number;
}

export interface ControlRow {
  control: Control;
  n: number;
  mse: Spread;
  psnr: Spread;
  ssim: Spread;
  identification: Identification;
}

export interface ViewFigures {
  view: AuditView;
  batch_size: number;
  sites_in_sum: number;
  local_steps: number;
  batch_norm_mode: 'train' | 'eval';
  images_in_release: number;
  rows: ControlRow[];
  /** How many images' classes the last layer gave away, as counts by class. */
  labels: { right: number; images: number };
  finding: Finding;
  reading: string;
}

export interface AuditTest {
  method: 'anova' | 'student' | 'welch' | 'paired';
  compared: string[];
  statistic: number | null;
  p: number | null;
  p_holm: number | null;
}

export interface AuditPicture {
  view: AuditView;
  batch_size: number;
  victim: number;
  positive: boolean;
  original: string;
  reconstruction: string;
  null: string;
  mse: number;
  ssim: number;
  identified: boolean;
}

export interface MembershipFigures {
  method: string;
  references: number;
  tpr_at_1pct: Figure;
  tpr_at_0_1pct: Figure;
  auc: Figure;
}

export interface AuditPlan {
  views: AuditView[];
  batch_sizes: number[];
  victims: number;
  positive_victims: number;
  local_steps: number;
  sites_in_sum: number;
  summed: 'gradient' | 'update';
  iterations: number;
  restarts: number;
  tv_weight: number;
  batch_norm: 'train' | 'eval';
  labels: 'inferred' | 'known';
  /** Of the victims; left out where there is none. */
  privacy?: { noise_multiplier: number; clip: number };
  gallery: number;
  split: 'train' | 'validation' | 'test';
  seed: number;
}

export interface AuditDocument {
  made: string;
  plan: AuditPlan;
  batch_norm_mode: 'train' | 'eval';
  model: { name: string; hash: string | null; weights: 'random' | 'trained'; parameters: number; normalisation: 'batch' | 'group' };
  images: { kind: 'real' | 'public' | 'phantom'; image_size: number; split: string };
  valid: boolean;
  verdict: Verdict;
  positive: ViewFigures;
  views: ViewFigures[];
  references: { grey: number; mean_image: number; other_patient: number };
  tests: AuditTest[];
  membership: MembershipFigures | null;
  pictures: AuditPicture[];
  statement: string;
}
