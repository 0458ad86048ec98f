/** Hands the browser a file. Knows nothing of what is in it. */

export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

export function downloadText(name: string, text: string, type = 'text/csv;charset=utf-8'): void {
  download(name, new Blob([text], { type }));
}

/** A file name out of a title: "Pneumonia, spring" -> "pneumonia-spring". */
export function fileName(title: string, suffix: string): string {
  const stem = title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return `${stem === '' ? 'primia' : stem}${suffix}`;
}
