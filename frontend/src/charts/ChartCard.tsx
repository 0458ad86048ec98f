import { type ReactNode, useRef, useState } from 'react';
import { type Cell, toCsv } from '@/lib/csv';
import { download, downloadText, fileName } from '@/lib/download';
import { Card } from '@/ui/Card';
import { LinkButton } from '@/ui/LinkButton';
import { ChartTable } from './ChartTable';
import { toPng } from './picture';

interface Props {
  title: string;
  name: string;
  tabs?: ReactNode;
  header: string[];
  rows: Cell[][];
  asTable: boolean;
  onTable: (table: boolean) => void;
  children: ReactNode;
}

/** A chart with its other forms: the same numbers as a table, as CSV, and the picture as PNG. */
export function ChartCard({ title, name, tabs, header, rows, asTable, onTable, children }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const savePicture = async () => {
    const svg = body.current?.querySelector('svg');
    if (svg == null) return;
    try {
      download(fileName(name, '.png'), await toPng(svg));
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'the picture could not be made');
    }
  };
  return (
    <Card
      title={title}
      actions={
        <>
          {tabs}
          <LinkButton pressed={asTable} onClick={() => onTable(!asTable)}>
            table
          </LinkButton>
          <LinkButton label={`${title} as CSV`} onClick={() => downloadText(fileName(name, '.csv'), toCsv(header, rows))}>
            CSV
          </LinkButton>
          {!asTable && (
            <LinkButton label={`${title} as PNG`} onClick={() => void savePicture()}>
              PNG
            </LinkButton>
          )}
        </>
      }
    >
      {problem !== null && <p role="alert">No picture: {problem}</p>}
      <div ref={body}>{asTable ? <ChartTable caption={title} header={header} rows={rows} /> : children}</div>
    </Card>
  );
}
