import type { NewStudy } from '@/api/readings';

/** The form's values, and what is wrong with them. The platform checks again; this only answers sooner. */

export interface Values {
  federation: string;
  title: string;
  question: string;
  /** With commas, in the order of the keys. */
  classes: string;
  margin: number | '';
  washout: string;
  askConfidence: boolean;
  cases: string;
}

export const MOST_CLASSES = 9;

export const defaults = (federation: string): Values => ({ federation, title: '', question: '', classes: '', margin: '', washout: '', askConfidence: false, cases: '' });

export const classNames = (classes: string): string[] => classes.split(',').map((name) => name.trim()).filter((name) => name !== '');

type Problems = Partial<Record<keyof Values, string>>;

export function check({ title, question, classes, margin, cases }: Values): Problems {
  const names = classNames(classes);
  const found: Record<string, string | null> = {
    title: title.trim() === '' ? 'Enter a title' : title.length > 120 ? 'At most 120 characters' : null,
    question: question.trim() === '' ? 'Enter what readers are asked' : question.length > 400 ? 'At most 400 characters' : null,
    classes: names.length < 2 || names.length > MOST_CLASSES ? `Enter 2 to ${MOST_CLASSES} classes, with commas` : new Set(names).size < names.length ? 'Each class once' : null,
    margin: margin !== '' && !(margin > 0 && margin < 1) ? 'Between 0 and 1, such as 0.05, or nothing' : null,
    cases: cases === '' ? 'Choose the table of cases' : null,
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== null)) as Problems;
}

export function toStudy(values: Values, id: string): NewStudy {
  return {
    id,
    federation: values.federation,
    title: values.title.trim(),
    question: values.question.trim(),
    classes: classNames(values.classes),
    margin: values.margin === '' ? null : values.margin.toFixed(3),
    washout: values.washout.trim(),
    ask_confidence: values.askConfidence,
    cases: values.cases,
  };
}

/** How many rows a table has, and the classes that its truth names; null where it is no such table. */
export function summary(cases: string): { rows: number; classes: string[] } | null {
  const [header = '', ...rows] = cases.replace(/^\ufeff/, '').split(/\r?\n/).filter((line) => line.trim() !== '');
  const columns = header.split(',').map((name) => name.trim());
  const truth = columns.indexOf('truth');
  if (truth === -1 || !columns.includes('case') || !columns.includes('sha256')) return null;
  return { rows: rows.length, classes: [...new Set(rows.map((row) => row.split(',')[truth]?.trim() ?? ''))].sort() };
}
