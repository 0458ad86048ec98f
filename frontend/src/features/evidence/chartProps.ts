import type { EvaluationDocument } from '@/api/documents';

/** What every chart of an evaluation takes: the document, and whether it is shown as a table. */
export interface ChartProps {
  document: EvaluationDocument;
  asTable: boolean;
  onTable: (shown: boolean) => void;
}
