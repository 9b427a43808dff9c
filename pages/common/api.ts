import {Store} from './store';

/** The daemon's API, as a page of its own origin may use it. */

export type Trouble = {
  name: string; // the last part of the problem's type; `unreachable` when nobody answers
  status: number;
  detail: string;
  safe: string;
  remedy: string;
  more: Record<string, unknown>;
};
export type Answer<T> = {ok: true; value: T} | {ok: false; trouble: Trouble};

export type Session = {state: 'opening'} | {state: 'open'; csrf: string; account: string} | {state: 'closed'};
export const session = new Store<Session>({state: 'opening'});

/** Grows whenever the daemon wants a person to log in, or to unlock. */
export const personRefused = new Store(0);
const personTroubles = ['log_in_first', 'locked', 'another_name'];

const patienceMs = 20_000;
const fetchMs = 15_000; // for a dossier's records to come from the centre
const fetchPauseMs = 400;
const problemPrefix = 'urn:wardsync:problem:';

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function troubleOf(status: number, body: unknown): Trouble {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const type = textOf(problem['type']);
  return {
    name: type.startsWith(problemPrefix) ? type.slice(problemPrefix.length) : 'unknown',
    status,
    detail: textOf(problem['detail']),
    safe: textOf(problem['safe']),
    remedy: textOf(problem['remedy']),
    more: problem,
  };
}

const unreachable: Trouble = {name: 'unreachable', status: 0, detail: '', safe: '', remedy: '', more: {}};

/** What needs records that are at the centre has them fetched: it is asked again until they have come. */
async function call<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  const until = Date.now() + fetchMs;
  for (;;) {
    const answer = await callOnce<T>(path, init);
    if (answer.ok || answer.trouble.name !== 'at_centre' || Date.now() >= until) return answer;
    await new Promise((done) => setTimeout(done, fetchPauseMs));
  }
}

async function callOnce<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(path, {...init, credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(patienceMs)});
    body = await response.json();
  } catch {
    return {ok: false, trouble: unreachable};
  }
  if (response.ok) return {ok: true, value: body as T};
  const trouble = troubleOf(response.status, body);
  if (personTroubles.includes(trouble.name)) personRefused.set(personRefused.get() + 1);
  else if (response.status === 401) session.set({state: 'closed'});
  return {ok: false, trouble};
}

export function read<T>(path: string): Promise<Answer<T>> {
  return call<T>(path, {method: 'GET'});
}

/** `key`: a repeat with the same key and body is answered like the first, and nothing happens twice. DELETE takes back what stands there. */
export function send<T>(method: 'POST' | 'DELETE', path: string, body: unknown, key: string): Promise<Answer<T>> {
  const open = session.get();
  const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': open.state === 'open' ? open.csrf : '', 'Idempotency-Key': key};
  return call<T>(path, {method, headers, body: JSON.stringify(body)});
}

export function write<T>(path: string, body: unknown, key: string): Promise<Answer<T>> {
  return send<T>('POST', path, body, key);
}

/** A name for one act, so that sending it again cannot do it again. */
export function newKey(): string {
  return crypto.randomUUID();
}

type Opened = {csrf: string; account: string};

/** The code of a one-time address is used up at once, and leaves the address bar and the history. */
function takeCode(): string {
  const code = new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
  if (code) history.replaceState(null, '', location.pathname + '#/');
  return code;
}

/** False when the daemon cannot be reached: try again. */
export async function openSession(): Promise<boolean> {
  const code = takeCode();
  const answer = await (code ? call<Opened>('/v1/session', {method: 'POST', body: JSON.stringify({code}), headers: {'Content-Type': 'application/json'}})
                             : read<Opened>('/v1/session'));
  if (answer.ok) {
    session.set({state: 'open', csrf: answer.value.csrf, account: answer.value.account});
    return true;
  }
  // A code that was used before: the browser may still hold the session that it opened.
  if (code && answer.trouble.status !== 0) return openSession();
  if (answer.trouble.status !== 0) session.set({state: 'closed'});
  return answer.trouble.status !== 0;
}
