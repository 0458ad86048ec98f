import type { AuditPlan, AuditView } from '@/api/documents';
import type { NewExamination } from '@/api/evidence';
import { range, titleProblem } from './checks';

/** The values of the form of an audit, what is wrong with them, and the job that they describe. */

export interface AuditValues {
  title: string;
  views: string[];
  batchSizes: string;
  victims: number | '';
  positiveVictims: number | '';
  iterations: number | '';
  restarts: number | '';
  tvWeight: number | '';
  gallery: number | '';
  localSteps: number | '';
  summed: AuditPlan['summed'];
  batchNorm: AuditPlan['batch_norm'];
  labels: AuditPlan['labels'];
  split: AuditPlan['split'];
  seed: number | '';
  minSurvivors: number | '';
}

const VIEWS: AuditView[] = ['gradient', 'update', 'secure_sum'];

export const defaults = (model: string, minSurvivors: number): AuditValues => ({
  title: `Attack audit of ${model}`.slice(0, 120),
  views: [...VIEWS],
  batchSizes: '4',
  victims: 2,
  positiveVictims: 4,
  iterations: 600,
  restarts: 2,
  tvWeight: 0.001,
  gallery: 100,
  localSteps: 4,
  summed: 'gradient',
  batchNorm: 'train',
  labels: 'known',
  split: 'train',
  seed: 0,
  minSurvivors,
});

type Problems = Partial<Record<keyof AuditValues, string>>;

/** "1, 4, 8" -> [1, 4, 8]; null where something in it is no whole number. */
export function sizes(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const found = parts.map(Number);
  return found.length > 0 && found.every(Number.isInteger) ? found : null;
}

function sizesProblem(text: string): string | null {
  const found = sizes(text);
  if (found === null) return 'Enter whole numbers such as 1, 4, 8';
  if (new Set(found).size < found.length) return 'A size stands here twice';
  if (found.length > 8) return `At most 8 sizes; these are ${found.length}`;
  const odd = found.find((one) => one < 1 || one > 256);
  return odd === undefined ? null : `From 1 to 256; one is ${odd}`;
}

export function check(values: AuditValues, sites: number, least: number): Problems {
  const found: Record<string, string | null> = {
    title: titleProblem(values.title),
    views: values.views.length === 0 ? 'Choose at least one' : null,
    batchSizes: sizesProblem(values.batchSizes),
    victims: range(values.victims, 1, 1000),
    positiveVictims: range(values.positiveVictims, 1, 1000),
    iterations: range(values.iterations, 10, 100_000),
    restarts: range(values.restarts, 1, 64),
    tvWeight: values.tvWeight === '' || values.tvWeight < 0 || values.tvWeight > 10 ? 'From 0 to 10' : null,
    gallery: range(values.gallery, 100, 10_000, ' images'),
    localSteps: range(values.localSteps, 1, 64),
    seed: range(values.seed, 0, 2 ** 31 - 1),
    minSurvivors: range(values.minSurvivors, least, Math.max(least, sites), ' sites'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== null)) as Problems;
}

export function toJob(values: AuditValues, model: string, federation: string): NewExamination {
  return {
    federation,
    title: values.title.trim(),
    kind: 'audit',
    model,
    settings: {
      aggregation: { min_survivors: Number(values.minSurvivors) },
      audit: {
        views: VIEWS.filter((view) => values.views.includes(view)),
        batch_sizes: sizes(values.batchSizes) ?? [],
        victims: Number(values.victims),
        positive_victims: Number(values.positiveVictims),
        iterations: Number(values.iterations),
        restarts: Number(values.restarts),
        tv_weight: Number(values.tvWeight),
        gallery: Number(values.gallery),
        local_steps: Number(values.localSteps),
        summed: values.summed,
        batch_norm: values.batchNorm,
        labels: values.labels,
        split: values.split,
        seed: Number(values.seed),
      },
    },
  };
}

/** How many searches each site runs: the positive control's, and one for each victim, batch size, view and attempt. */
export function searches({ views, batchSizes, victims, positiveVictims, restarts }: AuditValues): number {
  return (Number(positiveVictims) + views.length * (sizes(batchSizes)?.length ?? 0) * Number(victims)) * Number(restarts);
}

export const PLACES: Record<string, keyof AuditValues> = {
  title: 'title',
  'settings.audit.views': 'views',
  'settings.audit.batch_sizes': 'batchSizes',
  'settings.audit.victims': 'victims',
  'settings.audit.positive_victims': 'positiveVictims',
  'settings.audit.iterations': 'iterations',
  'settings.audit.restarts': 'restarts',
  'settings.audit.tv_weight': 'tvWeight',
  'settings.audit.gallery': 'gallery',
  'settings.audit.local_steps': 'localSteps',
  'settings.audit.batch_norm': 'batchNorm',
  'settings.audit.split': 'split',
  'settings.audit.seed': 'seed',
  'settings.aggregation.min_survivors': 'minSurvivors',
};
