import { type NewExamination, SUBGROUPS } from '@/api/evidence';
import type { EvaluationSettings } from '@/api/types';
import { range, titleProblem } from './checks';

/** The values of the form of an evaluation, what is wrong with them, and the job that they describe. */

export interface EvaluationValues {
  title: string;
  split: EvaluationSettings['split'];
  subgroups: string[];
  perSite: boolean;
  smallestCell: number | '';
  replicates: number | '';
  scoreBins: string;
  minSurvivors: number | '';
}

export const BINS = ['256', '512', '1024', '2048', '4096'];

export const defaults = (model: string, minSurvivors: number): EvaluationValues => ({
  title: `Evaluation of ${model}`.slice(0, 120),
  split: 'test',
  subgroups: ['age', 'sex', 'view'],
  perSite: false,
  smallestCell: 10,
  replicates: 200,
  scoreBins: '1024',
  minSurvivors,
});

type Problems = Partial<Record<keyof EvaluationValues, string>>;

export function check(values: EvaluationValues, sites: number, least: number): Problems {
  const { replicates } = values;
  const found: Record<string, string | null> = {
    title: titleProblem(values.title),
    smallestCell: values.subgroups.length === 0 ? null : range(values.smallestCell, 1, 1000, ' images'),
    replicates: range(replicates, 0, 1000) ?? (replicates !== '' && replicates > 0 && replicates < 100 ? `0, or 100 and more; ${replicates} make no interval` : null),
    minSurvivors: range(values.minSurvivors, least, Math.max(least, sites), ' sites'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== null)) as Problems;
}

export function toJob(values: EvaluationValues, model: string, federation: string): NewExamination {
  return {
    federation,
    title: values.title.trim(),
    kind: 'evaluate',
    model,
    settings: {
      aggregation: { min_survivors: Number(values.minSurvivors) },
      evaluation: {
        split: values.split,
        score_bins: Number(values.scoreBins),
        replicates: Number(values.replicates),
        subgroups: SUBGROUPS.filter((one) => values.subgroups.includes(one)),
        per_site: values.perSite,
        smallest_cell: Number(values.smallestCell),
      },
    },
  };
}

export const PLACES: Record<string, keyof EvaluationValues> = {
  title: 'title',
  'settings.evaluation.split': 'split',
  'settings.evaluation.subgroups': 'subgroups',
  'settings.evaluation.per_site': 'perSite',
  'settings.evaluation.smallest_cell': 'smallestCell',
  'settings.evaluation.replicates': 'replicates',
  'settings.evaluation.score_bins': 'scoreBins',
  'settings.aggregation.min_survivors': 'minSurvivors',
};
