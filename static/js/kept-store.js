/**
 * What a tablet of the desk keeps while there is no network: encrypted with a key that no script can read out
 * (WebCrypto, not extractable, in IndexedDB), for one member of staff, for some hours, and only while it is in use.
 *
 *   const store = new KeptStore({ owner, hours, idle });     idle: seconds without a touch, as for the session
 *   await store.put(id, visit, content); await store.list(); await store.remove(id); await forget();
 *
 * Whoever else opens it finds nothing: what belongs to another owner is wiped with its key, and so is what is over.
 */
const NAME = "desk-keep";
const ITEMS = "items";
const KEYS = "keys";
const KEY = "key";
const HOUR = 3_600_000;

export const channel = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;

/** Without a secure context there is no encryption, and nothing is kept. */
export const canKeep = Boolean(window.indexedDB && window.crypto?.subtle);

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(ITEMS, { keyPath: "id" });
    request.result.createObjectStore(KEYS);
  };
  return asked(request);
}

/** One transaction; it is over, and written, when the promise is. */
async function within(mode, work) {
  const database = await open();
  try {
    const transaction = database.transaction([ITEMS, KEYS], mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    const found = await work(transaction.objectStore(ITEMS), transaction.objectStore(KEYS));
    await done;
    return found;
  } finally {
    database.close();
  }
}

/** Wipe everything with its key; `tell`: pages in other windows leave, too. */
export async function forget({ tell = false } = {}) {
  if (!canKeep) return;
  await within("readwrite", (items, keys) => Promise.all([asked(items.clear()), asked(keys.clear())]));
  if (tell) channel?.postMessage("forget");
}

/** What is kept, without its content: for pages that do not know who is signed in. Wipes what is over, row by row. */
export async function marks() {
  if (!canKeep) return [];
  const alive = await within("readwrite", async (items, keys) => {
    const rows = await asked(items.getAll());
    const now = Date.now();
    for (const row of rows) if (row.until <= now) items.delete(row.id);
    const left = rows.filter((row) => row.until > now);
    // the key goes with the last of what it locked; where nothing was kept another window may be about to use it
    if (rows.length && !left.length) keys.clear();
    return left;
  });
  return alive.map(({ id, visit, owner, savedAt, until }) => ({ id, visit, owner, savedAt, until }));
}

export class KeptStore {
  constructor({ owner, hours, idle }) {
    Object.assign(this, { owner, hours, idle });
  }

  async key() {
    const held = await within("readonly", (_items, keys) => asked(keys.get(KEY)));
    if (held) return held;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // another window may have been faster
    return within("readwrite", async (_items, keys) => {
      const other = await asked(keys.get(KEY));
      if (!other) keys.put(made, KEY);
      return other ?? made;
    });
  }

  bound(id) {
    return new TextEncoder().encode(`${this.owner} ${id}`);
  }

  async put(id, visit, content) {
    if (!canKeep) return false;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(content));
    const how = { name: "AES-GCM", iv, additionalData: this.bound(id) };
    const sealed = await crypto.subtle.encrypt(how, await this.key(), plain);
    const now = Date.now();
    await within("readwrite", async (items) => {
      const earlier = await asked(items.get(id));
      const since = earlier?.owner === this.owner ? earlier.since : now;
      const until = Math.min(since + this.hours * HOUR, now + this.idle * 1000);
      items.put({ id, visit, owner: this.owner, since, savedAt: now, until, iv, sealed });
    });
    return true;
  }

  /** [{id, visit, savedAt, content}] of this owner; what is over, or another's, is wiped first. */
  async list() {
    const known = await marks();
    if (known.some((row) => row.owner !== this.owner)) {
      await forget();
      return [];
    }
    const found = [];
    for (const { id } of known) {
      const row = await within("readonly", (items) => asked(items.get(id)));
      const content = row && (await this.opened(row));
      if (content) found.push({ id, visit: row.visit, savedAt: row.savedAt, content });
    }
    return found;
  }

  async opened({ id, iv, sealed }) {
    try {
      const how = { name: "AES-GCM", iv, additionalData: this.bound(id) };
      return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, await this.key(), sealed)));
    } catch {
      // kept under a key that is gone
      await this.remove(id);
      return null;
    }
  }

  /** The key goes with the last of what it locked. */
  async remove(id) {
    if (!canKeep) return;
    await within("readwrite", async (items, keys) => {
      items.delete(id);
      if ((await asked(items.count())) === 0) keys.clear();
    });
  }
}
