import type { WorkItem } from '@/api/readings';
import { hex } from '@/diagnosis/bytes';
import { sha256 } from '@/diagnosis/digest';

/**
 * The reader's own files, recognised by their SHA-256. A file's name often tells what is on the picture, so names are
 * looked at for nothing but hidden files, and are neither kept nor shown.
 */

export interface Matched {
  /** By case. */
  readonly files: ReadonlyMap<string, Blob>;
  readonly missing: readonly WorkItem[];
  /** Files that belong to no case. */
  readonly strangers: number;
}

export async function match(files: readonly File[], items: readonly WorkItem[], told: (done: number, all: number) => void, wanted: () => boolean): Promise<Matched | null> {
  const byHash = new Map(items.map((item) => [item.sha256, item.case]));
  const found = new Map<string, Blob>();
  let strangers = 0;
  for (const [index, file] of files.entries()) {
    if (!wanted()) return null;
    const one = byHash.get(hex(await sha256(new Uint8Array(await file.arrayBuffer()))));
    if (one === undefined) strangers += 1;
    // The content without the name; it stays on the disk until it is shown.
    else found.set(one, file.slice());
    told(index + 1, files.length);
  }
  return { files: found, missing: items.filter((item) => !found.has(item.case)), strangers };
}

/** Puts what was found before and now together. */
export function joined(before: Matched | null, now: Matched): Matched {
  if (before === null) return now;
  const files = new Map([...before.files, ...now.files]);
  return { files, missing: now.missing.filter((item) => !files.has(item.case)), strangers: before.strangers + now.strangers };
}

interface DirectoryHandle {
  readonly kind: 'directory';
  readonly name: string;
  values(): AsyncIterable<DirectoryHandle | FileHandle>;
}

interface FileHandle {
  readonly kind: 'file';
  readonly name: string;
  getFile(): Promise<File>;
}

type Picker = () => Promise<DirectoryHandle>;

const picker = (): Picker | undefined => (window as unknown as { showDirectoryPicker?: Picker }).showDirectoryPicker?.bind(window);

export const canPickFolder = () => picker() !== undefined;

/** Opens a folder for reading alone; null where the reader changed their mind. */
export async function pickFolder(): Promise<File[] | null> {
  try {
    const folder = await picker()?.();
    return folder === undefined ? null : await within(folder);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

async function within(folder: DirectoryHandle): Promise<File[]> {
  const found: File[] = [];
  for await (const entry of folder.values()) {
    if (entry.name.startsWith('.')) continue;
    if (entry.kind === 'file') found.push(await entry.getFile());
    else found.push(...(await within(entry)));
  }
  return found;
}
