import {useRef, useState} from 'preact/hooks';
import {newKey} from '../common/api';
import {forget, keeps, load, namesWith, onKeptElsewhere, save} from '../common/keep';
import {openSeal, seal, unseal} from '../common/seal';
import {Store} from '../common/store';

/**
 * What somebody has typed and not saved yet. Survives a reload, a restart of the daemon, and (by what the browser keeps) a power cut. Each
 * belongs to who was logged in, or else to an account; another's are never shown. Two tabs that edit one dossier have a draft each. Sealed where they are kept.
 */
export type Draft = {
  id: string;
  dossier: string; // empty: a new one
  version: string; // what its writer saw
  values: Record<string, string>;
  at: string;
  tab: string;
  sent?: Attempt; // whose answer never came
};
/** The same key as long as the same is sent, so that a lost answer cannot make a second dossier; `at`: the time that stands in it. */
export type Attempt = {key: string; body: string; at: string};

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

let owner = '';
let key: CryptoKey | undefined;
export const drafts = new Store<Draft[]>([]);
/** Once the drafts of before are here. */
export const draftsRead = new Store(false);

/** Sealing takes a moment, and what was asked first is done first. */
let work: Promise<void> = Promise.resolve();
function next(step: () => Promise<void> | void): void {
  work = work.then(step).catch(() => keeps.set(false));
}

function nameOf(draft: Draft): string {
  return `draft.${owner}.${draft.id}`;
}

function parsed(text: string | undefined): Draft | undefined {
  const draft = (text === undefined ? undefined : JSON.parse(text)) as Draft | undefined;
  const whole = typeof draft?.id === 'string' && typeof draft.dossier === 'string' && typeof draft.values === 'object' && typeof draft.at === 'string';
  return whole && Date.now() - Date.parse(draft.at) < olderThanMs ? draft : undefined;
}

function show(found: Draft[]): void {
  drafts.set(found.sort((one, two) => two.at.localeCompare(one.at)));
}

async function readAll(): Promise<void> {
  if (!key) return;
  const whose = owner;
  const found: Draft[] = [];
  for (const name of namesWith(`draft.${whose}.`)) {
    const draft = parsed(await unseal(key, load(name)));
    if (draft) found.push(draft);
    else forget(name);
  }
  if (whose === owner) show(found);
}

function ownerOf(account: string, user: string | undefined): string {
  return user === undefined ? account : `@${encodeURIComponent(user).replaceAll('.', '%2E')}`;
}

/** Whether what is shown as drafts is this person's: another may have sat here until now. */
export function draftsAreOf(account: string, user: string | undefined): boolean {
  return owner === ownerOf(account, user);
}

/** `user`: who is logged in, empty while nobody is; nothing where nobody needs to be. */
export function openDrafts(account: string, user: string | undefined): void {
  const whose = ownerOf(account, user);
  if (owner !== whose) {
    draftsRead.set(false);
    show([]);
  }
  owner = whose;
  next(async () => {
    key ??= await openSeal();
    if (!key) keeps.set(false);
    await readAll();
    if (owner === whose) draftsRead.set(true);
  });
}
onKeptElsewhere(() => next(readAll));

export function newDraft(dossier: string, version: string, values: Record<string, string>): Draft {
  return {id: crypto.randomUUID(), dossier, version, values, at: new Date().toISOString(), tab: tab()};
}

/** The draft that this tab was working on before it was reloaded. */
export function ownDraft(dossier: string): Draft | undefined {
  return drafts.get().find((draft) => draft.dossier === dossier && draft.tab === tab());
}

export function keepDraft(draft: Draft): void {
  const kept = {...draft, at: new Date().toISOString(), tab: tab()};
  show([kept, ...drafts.get().filter((other) => other.id !== draft.id)]);
  const name = nameOf(draft); // now: another may be logged in when its turn comes
  next(async () => {
    if (key) save(name, await seal(key, JSON.stringify(kept)));
  });
}

export function dropDraft(draft: Draft): void {
  show(drafts.get().filter((other) => other.id !== draft.id));
  const name = nameOf(draft);
  next(() => forget(name));
}

export function attempt(draft: Draft, body: unknown, at: string): Attempt {
  const text = JSON.stringify(body);
  return draft.sent?.body === text ? draft.sent : {key: newKey(), body: text, at};
}

/** It was answered: the next attempt is another one. */
export function withoutAttempt(draft: Draft): Draft {
  const {sent: _, ...rest} = draft;
  return rest;
}

export function withValues(draft: Draft, values: Record<string, string>): Draft {
  return {...draft, values: {...draft.values, ...values}};
}

/** A form's draft and what changes it, kept each time. A key, a choice and an answer of the daemon may all change it before the page is drawn again. */
export function useDraft(start: () => Draft): [Draft, (change: (now: Draft) => Draft) => void] {
  const [draft, setDraft] = useState(start);
  const newest = useRef(draft);
  return [
    draft,
    (change) => {
      newest.current = change(newest.current);
      setDraft(newest.current);
      keepDraft(newest.current);
    },
  ];
}
