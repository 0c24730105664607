import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Kept } from './copy';
import type { Sent } from './outbox';

// What lies on the device: commands that wait, and the last copy of each event. The server is the truth; without this the app still works.

interface Shape extends DBSchema {
  outbox: { key: string; value: Sent; indexes: { event: string } };
  copies: { key: string; value: { event: string; kept: Kept; at: number } };
}

let opened: Promise<IDBPDatabase<Shape> | undefined> | undefined;

function device(): Promise<IDBPDatabase<Shape> | undefined> {
  opened ??= openDB<Shape>('goen', 1, {
    upgrade(db) {
      db.createObjectStore('outbox', { keyPath: 'op' }).createIndex('event', 'event');
      db.createObjectStore('copies', { keyPath: 'event' });
    },
    blocking(_, __, e) {
      (e.target as IDBDatabase).close(); // a newer version of the app wants to change it
    },
    terminated() {
      opened = undefined;
    },
  }).catch(() => undefined); // private mode, or a full disk
  return opened;
}

async function on<T>(work: (db: IDBPDatabase<Shape>) => Promise<T>): Promise<T | undefined> {
  const db = await device();
  try {
    return db && (await work(db));
  } catch {
    return undefined;
  }
}

export const outboxStore = {
  put: (item: Sent) => on((db) => db.put('outbox', item)),
  remove: (op: string) => on((db) => db.delete('outbox', op)),
  of: async (event: string) => ((await on((db) => db.getAllFromIndex('outbox', 'event', event))) ?? []).sort((a, b) => a.at - b.at),
};

export const copyStore = {
  put: (event: string, kept: Kept) => on((db) => db.put('copies', { event, kept, at: Date.now() })),
  get: async (event: string) => (await on((db) => db.get('copies', event)))?.kept,
};

/** Forgets the copy of an event. */
export async function forgetCopy(event: string): Promise<void> {
  await on((db) => db.delete('copies', event));
}

/** Forgets an event: its copy, and what would have been sent to it. */
export async function forgetEvent(event: string): Promise<void> {
  await forgetCopy(event);
  await on(async (db) => {
    const outbox = db.transaction('outbox', 'readwrite');
    for (const op of await outbox.store.index('event').getAllKeys(event)) void outbox.store.delete(op);
    await outbox.done;
  });
}

/** Forgets everything, at signing out. */
export async function forgetAll(): Promise<void> {
  await on(async (db) => {
    await db.clear('outbox');
    await db.clear('copies');
  });
}

let asked = false;

/** Asks the browser not to throw it away, once there is something worth keeping: some browsers ask the person. */
export function persist(): void {
  if (asked) return;
  asked = true;
  void navigator.storage?.persist?.().catch(() => {});
}
