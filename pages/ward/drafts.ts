import {forget, load, namesWith, onKeptElsewhere, save} from '../common/keep';
import {Store} from '../common/store';

/**
 * What somebody has typed and not saved yet. Survives a reload, a restart of the daemon, and (by what the browser keeps) a power cut. Each
 * belongs to an account; another account's are never shown. Two tabs that edit one dossier have a draft each.
 */
export type Draft = {
  id: string;
  dossier: string; // empty: a new one
  version: string; // what its writer saw
  values: Record<string, string>;
  at: string;
  tab: string;
  sent?: {key: string; body: string}; // the attempt whose answer never came
};

const tabName = 'wardsync.tab';
const olderThanMs = 14 * 86_400_000;

/** This tab's name, the same after a reload. */
function tab(): string {
  try {
    const known = sessionStorage.getItem(tabName);
    if (known) return known;
    const made = crypto.randomUUID();
    sessionStorage.setItem(tabName, made);
    return made;
  } catch {
    return inMemory;
  }
}
const inMemory = crypto.randomUUID();

let account = '';
export const drafts = new Store<Draft[]>([]);

function isDraft(value: unknown): value is Draft {
  const draft = value as Draft | undefined;
  return typeof draft?.id === 'string' && typeof draft.dossier === 'string' && typeof draft.values === 'object' && typeof draft.at === 'string';
}

function readAll(): void {
  const found: Draft[] = [];
  for (const name of namesWith(`draft.${account}.`)) {
    const draft = load(name);
    if (isDraft(draft) && Date.now() - Date.parse(draft.at) < olderThanMs) found.push(draft);
    else forget(name);
  }
  drafts.set(found.sort((one, two) => two.at.localeCompare(one.at)));
}

export function openDrafts(ofAccount: string): void {
  account = ofAccount;
  readAll();
}
onKeptElsewhere(() => {
  if (account) readAll();
});

export function newDraft(dossier: string, version: string, values: Record<string, string>): Draft {
  return {id: crypto.randomUUID(), dossier, version, values, at: new Date().toISOString(), tab: tab()};
}

/** The draft that this tab was working on before it was reloaded. */
export function ownDraft(dossier: string): Draft | undefined {
  return drafts.get().find((draft) => draft.dossier === dossier && draft.tab === tab());
}

export function keepDraft(draft: Draft): void {
  save(`draft.${account}.${draft.id}`, {...draft, at: new Date().toISOString(), tab: tab()});
  readAll();
}

export function dropDraft(draft: Draft): void {
  forget(`draft.${account}.${draft.id}`);
  readAll();
}
