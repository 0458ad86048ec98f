import type { Answer } from './answer.ts';
import type { JsonObject } from './canonical.ts';
import type { Result } from './result.ts';

/**
 * This device's own memory of its diagnoses, in IndexedDB: the answer's keys until it is opened, results, and the picture
 * if its owner wants it kept. The private keys cannot be exported. Nothing of this is ever sent, and all of it can be deleted.
 */

export interface Remembered {
  readonly id: string;
  /** Whose: a browser that two people use shows neither the other's. */
  readonly user: string;
  readonly service: string;
  /** The descriptor that the request was made for, with its signatures: what the answer is checked against. */
  readonly signed: JsonObject;
  readonly source: string;
  readonly sentAt: string;
  readonly batch: string | null;
  /** Until the answer is opened. */
  readonly keys: CryptoKeyPair | null;
  readonly requestDigest: Uint8Array<ArrayBuffer>;
  /** What the answer is collected with, base64: with it, and with it alone, again and again until its arrival is acknowledged. */
  readonly receipt: string | null;
  /** Sealed answers that the relay has handed out, kept until they are opened. */
  readonly answers: readonly Answer[] | null;
  readonly result: Result | null;
  readonly openedAt: string | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly picture: Blob | null;
}

const DATABASE = 'primia-diagnoses';
const STORE = 'diagnoses';
const LOGS = 'logs';

export interface SeenLog {
  readonly service: string;
  readonly seq: number;
  readonly entry: string;
}

let opened: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: 'id' }).createIndex('user', 'user');
      request.result.createObjectStore(LOGS, { keyPath: 'service' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB does not open'));
  }).catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

/** Resolves when the browser has written it, not before. */
function written(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB gave an error'));
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB gave up; is the disk full?'));
  });
}

async function within<Value>(store: string, mode: IDBTransactionMode, work: (rows: IDBObjectStore) => IDBRequest<Value>): Promise<Value> {
  const transaction = (await database()).transaction(store, mode);
  const request = work(transaction.objectStore(store));
  await written(transaction);
  return request.result;
}

/** Reads a row and writes what comes of it within one transaction: nothing that happens meanwhile is lost or undone. */
async function amend<Row>(store: string, key: string, to: (before: Row | undefined) => Row | undefined): Promise<Row | undefined> {
  const transaction = (await database()).transaction(store, 'readwrite');
  const rows = transaction.objectStore(store);
  const found = rows.get(key) as IDBRequest<Row | undefined>;
  const kept: { row?: Row } = {};
  found.onsuccess = () => {
    const after = to(found.result);
    if (after === undefined) return;
    kept.row = after;
    rows.put(after);
  };
  await written(transaction);
  return kept.row;
}

/** Rung on the window of every tab when something in the vault has changed. */
export const CHANGED = 'primia-vault';

const otherTabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANGED);
const ring = () => window.dispatchEvent(new Event(CHANGED));
otherTabs?.addEventListener('message', ring);

function tell(): void {
  ring();
  otherTabs?.postMessage('changed');
}

export async function remember(one: Remembered): Promise<void> {
  await within(STORE, 'readwrite', (rows) => rows.put(one));
  tell();
}

export const recall = (id: string): Promise<Remembered | undefined> => within(STORE, 'readonly', (rows) => rows.get(id) as IDBRequest<Remembered | undefined>);

export async function change(id: string, to: Partial<Omit<Remembered, 'id'>>): Promise<Remembered | undefined> {
  const after = await amend<Remembered>(STORE, id, (before) => before && { ...before, ...to });
  if (after !== undefined) tell();
  return after;
}

/** Newest first. */
export async function history(user: string): Promise<Remembered[]> {
  const rows = await within(STORE, 'readonly', (all) => all.index('user').getAll(user) as IDBRequest<Remembered[]>);
  return rows.sort((one, other) => other.sentAt.localeCompare(one.sentAt));
}

export async function forget(id: string): Promise<void> {
  await within(STORE, 'readwrite', (rows) => rows.delete(id));
  tell();
}

export async function forgetAll(user: string): Promise<void> {
  for (const { id } of await history(user)) await within(STORE, 'readwrite', (rows) => rows.delete(id));
  tell();
}

export const seenLog = (service: string): Promise<SeenLog | undefined> => within(LOGS, 'readonly', (rows) => rows.get(service) as IDBRequest<SeenLog | undefined>);

/** Only ever forwards: a tab that has asked earlier and hears later must not make this device forget what it has seen. */
export const rememberLog = (seen: SeenLog): Promise<unknown> => amend<SeenLog>(LOGS, seen.service, (before) => (before !== undefined && before.seq > seen.seq ? undefined : seen));
