/** The view state of the live page that stands in its address. */
export interface RunSearch {
  step?: number | undefined;
  attempt?: number | undefined;
  chart?: 'mcc' | 'accuracy' | 'loss' | 'seconds' | undefined;
  view?: 'table' | undefined;
  events?: 'rounds' | 'sites' | 'problems' | undefined;
  site?: string | undefined;
}
