import { type ColumnDef, flexRender, getCoreRowModel, type RowData, useReactTable } from '@tanstack/react-table';
import styles from './DataTable.module.css';

declare module '@tanstack/react-table' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- the library's own signature
  interface ColumnMeta<TData extends RowData, TValue> {
    number?: boolean;
    wide?: boolean;
  }
}

interface Props<Row> {
  caption: string;
  rows: Row[];
  columns: ColumnDef<Row>[];
  rowKey: (row: Row) => string;
}

/** Rows in the order in which they come; filters and order belong to the URL, not to the table. */
export function DataTable<Row>({ caption, rows, columns, rowKey }: Props<Row>) {
  // eslint-disable-next-line react-hooks/incompatible-library -- the table's object is used in this render only
  const table = useReactTable({ data: rows, columns, getRowId: rowKey, getCoreRowModel: getCoreRowModel() });
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={caption}>
      <table className={styles.table}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map(({ id, column, getContext }) => (
                <th key={id} scope="col" className={column.columnDef.meta?.number ? 'number' : ''}>
                  {flexRender(column.columnDef.header, getContext())}
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id}>
              {row.getVisibleCells().map(({ id, column, getContext }) => (
                <td key={id} className={column.columnDef.meta?.number ? 'number' : ''} data-wide={column.columnDef.meta?.wide}>
                  {flexRender(column.columnDef.cell, getContext())}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
