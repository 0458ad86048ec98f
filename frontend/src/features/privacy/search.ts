import type { LedgerFilter } from './accounts';

/** The view state of the ledger that stands in its address. */
export interface LedgerSearch extends LedgerFilter {
  /** Studies whose charts are shown as tables, apart by bars. */
  tables?: string | undefined;
}
