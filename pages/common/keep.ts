import {Store} from './store';

/**
 * What this browser keeps for the page: settings, names, drafts. Storage may be off, full, or cleared at any time: then the page works
 * from memory and says so (`keeps`). Values are JSON; what cannot be read counts as absent.
 */
const prefix = 'wardsync.';
const memory = new Map<string, string>();

function works(): boolean {
  try {
    localStorage.setItem(prefix + 'probe', '1');
    localStorage.removeItem(prefix + 'probe');
    return true;
  } catch {
    return false;
  }
}

/** False: what is entered is lost when the page is closed. */
export const keeps = new Store(works());

export function load(name: string): unknown {
  try {
    const text = keeps.get() ? localStorage.getItem(prefix + name) : (memory.get(name) ?? null);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function save(name: string, value: unknown): void {
  const text = JSON.stringify(value);
  memory.set(name, text);
  if (!keeps.get()) return;
  try {
    localStorage.setItem(prefix + name, text);
  } catch {
    keeps.set(false);
  }
}

export function forget(name: string): void {
  memory.delete(name);
  if (keeps.get()) localStorage.removeItem(prefix + name);
}

/** Names that begin so, without the page's prefix. */
export function namesWith(beginning: string): string[] {
  if (!keeps.get()) return [...memory.keys()].filter((name) => name.startsWith(beginning));
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(prefix + beginning))
    .map((key) => key.slice(prefix.length));
}

/** Another tab of this browser changed something of ours; the name is missing when all was cleared. */
export function onKeptElsewhere(listener: (name: string | undefined) => void): void {
  addEventListener('storage', (event) => {
    if (event.key === null || event.key.startsWith(prefix)) listener(event.key?.slice(prefix.length));
  });
}
