/** The view state of an evaluation's screen that stands in its address. */
export interface EvaluationSearch {
  /** Names of the charts that are shown as tables, apart by blanks. */
  tables?: string | undefined;
  /** For which class the decision curve is drawn. */
  class?: string | undefined;
  /** What the rows of subgroups and sites show. */
  measure?: 'mcc' | undefined;
}
