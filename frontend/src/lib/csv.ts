/** Tables as CSV (RFC 4180). Cells that a spreadsheet would run as a formula are disarmed. */

export type Cell = string | number | boolean | null | undefined;

function write(cell: Cell): string {
  if (cell == null) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => row.map(write).join(',')).join('\r\n') + '\r\n';
}
