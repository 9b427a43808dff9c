import {newKey, personRefused, read, send, session, type Answer} from './api';
import type {Role} from './desk/model';
import {onKeptElsewhere, save} from './keep';
import {tick} from './live';
import {Store} from './store';

/** Who is logged in here, as the daemon says. `needed` false: nobody of the unit was given a PIN, and nobody needs to. */
export type Who = {needed: boolean; unit: string; idle_minutes: number; user: string | null; locked: boolean; display?: string; role?: Role};
export const who = new Store<Who | undefined>(undefined);

const lookMs = 5000;
const tellMs = 60_000; // how often the daemon hears that a person is there
const acts = ['keydown', 'pointerdown', 'wheel'] as const;

let lastTold = 0;

/** Whether somebody may see dossiers now. */
export function isIn(now: Who | undefined): boolean {
  return now !== undefined && (!now.needed || (now.user !== null && !now.locked));
}

function set({needed, unit, idle_minutes, user, locked, display, role}: Who): void {
  const before = who.get();
  const now: Who = {needed, unit, idle_minutes, user, locked, ...(display === undefined ? {} : {display}), ...(role === undefined ? {} : {role})};
  if (JSON.stringify(before) === JSON.stringify(now)) return;
  who.set(now);
  if (isIn(now)) tick.set(tick.get() + 1); // what was refused before may be read now
}

async function ask(): Promise<void> {
  const answer = await read<Who>('/v1/log-in');
  if (answer.ok) set(answer.value);
}

export type LogInBody = {user?: string; pin?: string; activation?: string; new_pin?: string};

async function tell(method: 'POST' | 'DELETE', path: string, body: unknown): Promise<Answer<Who>> {
  const answer = await send<Who>(method, path, body, newKey());
  if (answer.ok) save('log-in', newKey()); // other tabs of this browser ask anew
  return answer;
}

export async function logIn(body: LogInBody): Promise<Answer<Who>> {
  const answer = await tell('POST', '/v1/log-in', body);
  lastTold = Date.now();
  if (answer.ok) set(answer.value);
  return answer;
}

export async function logOut(): Promise<void> {
  await tell('DELETE', '/v1/log-in', {});
  await ask();
}

export async function lock(): Promise<void> {
  const answer = await tell('POST', '/v1/log-in/lock', {});
  if (answer.ok) set(answer.value);
}

function acted(): void {
  const now = who.get();
  if (!now?.needed || !isIn(now) || Date.now() - lastTold < Math.min(tellMs, now.idle_minutes * 15_000)) return;
  lastTold = Date.now();
  void send<Who>('POST', '/v1/log-in/use', {}, newKey()).then((answer) => answer.ok && set(answer.value));
}

/** The daemon locks, and ends what the centre ended; the page looks whether it has. */
function look(): void {
  const now = who.get();
  if (now?.needed && isIn(now) && !document.hidden) void ask();
}

export function startLogIn(): void {
  const opened = (): void => {
    if (session.get().state === 'open') void ask();
  };
  session.watch(opened);
  personRefused.watch(() => void ask());
  onKeptElsewhere((name) => {
    if (name === 'log-in') void ask();
  });
  for (const act of acts) addEventListener(act, acted, {capture: true, passive: true});
  setInterval(look, lookMs);
  opened();
}
