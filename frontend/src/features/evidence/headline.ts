import type { EvaluationDocument, Figure } from '@/api/documents';
import { interval, metric, percent, percentInterval } from '@/lib/format';
import { methodName } from './names';

/** The figures that stand first, each with its interval and the name of the method behind it. */

export interface HeadlineRow {
  name: string;
  /** What it says, for whoever does not know the figure. */
  about: string;
  value: string;
  interval: string | null;
  method: string;
}

type Bounds = (low: number | null, high: number | null) => string;

const share = (name: string, about: string, figure: Figure): HeadlineRow => bounded(name, about, figure, percent(figure.value), percentInterval);

const coefficient = (name: string, about: string, figure: Figure): HeadlineRow => bounded(name, about, figure, metric(figure.value), interval);

const bounded = (name: string, about: string, { low, high, method }: Figure, value: string, write: Bounds): HeadlineRow => ({ name, about, value, interval: write(low, high), method: methodName(method) });

const plain = (name: string, about: string, value: string): HeadlineRow => ({ name, about, value, interval: null, method: '' });

const three = (value: number) => value.toFixed(3);

export function headline(document: EvaluationDocument): HeadlineRow[] {
  const { accuracy, accuracy_clopper_pearson: exact, accuracy_by_patient: byPatient, mcc, mcc_by_patient: mccByPatient } = document;
  return [
    share('Accuracy', 'share of images that were classified rightly', accuracy),
    share('', 'the same share, exact interval', exact),
    ...(byPatient === null ? [] : [share('', 'the same share, drawing whole patients', byPatient)]),
    coefficient('MCC', 'correlation of what was said with what is true: 0 is guessing, 1 is perfect', mcc),
    ...(mccByPatient === null ? [] : [coefficient('', 'the same, drawing whole patients', mccByPatient)]),
    plain('Balanced accuracy', 'mean sensitivity of the classes', percent(document.balanced_accuracy)),
    plain('Cohen’s kappa', 'agreement beyond chance', metric(document.kappa)),
    plain('Kappa, weighted', 'linear and quadratic, classes in their order', `${metric(document.kappa_linear)} and ${metric(document.kappa_quadratic)}`),
    plain('Brier score', 'squared error of the probabilities: 0 is perfect', three(document.brier)),
    plain('Log loss', 'surprise at the truth, in nats', three(document.log_loss)),
    plain('Calibration error', 'how far it is from as right as it is sure', three(document.expected_calibration_error)),
  ];
}

/** Areas under the curve by how classes are set against each other. The last is of labels, and not comparable with the others. */
export function areas(document: EvaluationDocument): { name: string; macro: string; weighted: string }[] {
  return [
    { name: 'one class against the others', macro: metric(document.auc_ovr_macro), weighted: metric(document.auc_ovr_weighted) },
    { name: 'one class against one other', macro: metric(document.auc_ovo_macro), weighted: metric(document.auc_ovo_weighted) },
    { name: 'hard labels, one against the others', macro: metric(document.auc_hardlabel_ovr_macro), weighted: '–' },
  ];
}
