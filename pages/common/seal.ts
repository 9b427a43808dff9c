/**
 * Seals what the browser keeps of citizens, so that nothing of them lies readable on the disk. The key belongs to this browser's profile and cannot be
 * read out by a page; whoever holds the whole profile can still use it.
 */
const database = 'wardsync';
const shelf = 'keys';
const keyName = 'drafts';
const ivBytes = 12;

function answered<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function opened(): Promise<IDBDatabase> {
  const asked = indexedDB.open(database, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(shelf);
  return answered(asked);
}

/** The profile's key, made at the first call; nothing where the browser keeps nothing. */
export async function openSeal(): Promise<CryptoKey | undefined> {
  try {
    const held = await opened();
    const fresh = await crypto.subtle.generateKey({name: 'AES-GCM', length: 256}, false, ['encrypt', 'decrypt']);
    const change = held.transaction(shelf, 'readwrite', {durability: 'strict'}); // a draft on the disk without its key would be lost
    const ended = new Promise((resolve, reject) => {
      change.oncomplete = resolve;
      change.onabort = reject;
    });
    const keys = change.objectStore(shelf);
    const known = (await answered(keys.get(keyName))) as CryptoKey | undefined;
    if (!known) keys.put(fresh, keyName);
    await ended;
    return known ?? fresh;
  } catch {
    return undefined;
  }
}

export async function seal(key: CryptoKey, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({name: 'AES-GCM', iv}, key, new TextEncoder().encode(text)));
  return btoa([...iv, ...sealed].map((byte) => String.fromCharCode(byte)).join(''));
}

/** Nothing for what this key did not seal. */
export async function unseal(key: CryptoKey, sealed: unknown): Promise<string | undefined> {
  try {
    const bytes = Uint8Array.from(atob(String(sealed)), (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(await crypto.subtle.decrypt({name: 'AES-GCM', iv: bytes.subarray(0, ivBytes)}, key, bytes.subarray(ivBytes)));
  } catch {
    return undefined;
  }
}
