/** What the words of an evaluation are called on the page. */

const SPLITS: Record<string, string> = { test: 'test images', validation: 'validation images', train: 'training images' };

export const splitName = (split: string) => SPLITS[split] ?? `${split} images`;

const ATTRIBUTES: Record<string, string> = { age: 'Age, years', sex: 'Sex', view: 'View' };

export const attributeName = (attribute: string) => ATTRIBUTES[attribute] ?? attribute;

const METHODS: Record<string, string> = {
  wilson: 'Wilson',
  clopper_pearson: 'Clopper–Pearson',
  bootstrap: 'bootstrap over images',
  patient_bootstrap: 'bootstrap over patients',
  delong: 'DeLong',
};

/** The short name of the method behind an interval; what it does stands in the document's own words. */
export const methodName = (method: string | null | undefined) => (method == null ? 'no interval' : (METHODS[method] ?? method.replaceAll('_', ' ')));

/** Age groups by their first year, whatever is unknown last, others by name. */
export function inOrder<Row extends { group: string }>(rows: readonly Row[]): Row[] {
  const rank = ({ group }: Row) => (group === 'unknown' ? Number.POSITIVE_INFINITY : Number.parseInt(group, 10));
  return [...rows].sort((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    if (one === other || (Number.isNaN(one) && Number.isNaN(other))) return a.group.localeCompare(b.group);
    if (Number.isNaN(one)) return other === Number.POSITIVE_INFINITY ? -1 : 1;
    if (Number.isNaN(other)) return one === Number.POSITIVE_INFINITY ? 1 : -1;
    return one - other;
  });
}
