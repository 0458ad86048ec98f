import type { GivenReading } from '@/api/readings';

/**
 * This device's own memory of readings that the platform has not taken yet, in IndexedDB, and of cases that were looked
 * at and not answered. It holds labels and times, never a picture and never a name of a file.
 */

export interface Waiting extends GivenReading {
  readonly study: string;
  /** Whose: a browser that two people use sends neither the other's. */
  readonly user: string;
  /** The order in which they were given. */
  readonly given: number;
  /** Why the platform will not take it, however often it is sent. */
  readonly refused: string | null;
}

export interface Draft {
  readonly key: string;
  readonly case: string;
  readonly shownAt: string;
  readonly seconds: number;
  readonly label: string | null;
  readonly confidence: number | null;
}

const DATABASE = 'primia-readings';
const WAITING = 'waiting';
const DRAFTS = 'drafts';

let opened: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(WAITING, { keyPath: 'id' });
      request.result.createObjectStore(DRAFTS, { keyPath: 'key' });
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
async function within<Value>(store: string, mode: IDBTransactionMode, work: (rows: IDBObjectStore) => IDBRequest<Value>): Promise<Value> {
  const transaction = (await database()).transaction(store, mode);
  const request = work(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB gave an error'));
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB gave up; is the disk full?'));
  });
}

export const keepReading = (one: Waiting) => within(WAITING, 'readwrite', (rows) => rows.put(one));

export const dropReading = (id: string) => within(WAITING, 'readwrite', (rows) => rows.delete(id));

/** In the order in which they were given. */
export async function waitingOf(study: string, user: string): Promise<Waiting[]> {
  const all = await within(WAITING, 'readonly', (rows) => rows.getAll() as IDBRequest<Waiting[]>);
  return all.filter((one) => one.study === study && one.user === user).sort((one, other) => one.given - other.given);
}

/** One for each case: whoever looks back at another case finds this one as they left it, time included. */
const draftKey = (study: string, user: string, of: string) => `${study} ${user} ${of}`;

export const keepDraft = (study: string, user: string, draft: Omit<Draft, 'key'>) => within(DRAFTS, 'readwrite', (rows) => rows.put({ ...draft, key: draftKey(study, user, draft.case) }));

export const draftOf = async (study: string, user: string, of: string): Promise<Draft | null> =>
  (await within(DRAFTS, 'readonly', (rows) => rows.get(draftKey(study, user, of)) as IDBRequest<Draft | undefined>)) ?? null;

export const dropDraft = (study: string, user: string, of: string) => within(DRAFTS, 'readwrite', (rows) => rows.delete(draftKey(study, user, of)));

export const dropDrafts = (study: string, user: string) => within(DRAFTS, 'readwrite', (rows) => rows.delete(IDBKeyRange.bound(draftKey(study, user, ''), draftKey(study, user, '\uffff'))));
