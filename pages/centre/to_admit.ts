import {useEffect, useState} from 'preact/hooks';
import {type Answer, newKey, read, type Trouble, write} from '../common/api';
import type {Said} from '../common/dossier';

/** What waits for an administrator's word (docs/adr/0015), as the centre's daemon tells it. */

export type HandedIn = {
  id: string;
  device: string;
  unit: string;
  label: string;
  first: number;
  end: number;
  segments: number;
  records: number;
  bytes: number;
  brought_at: string;
  state: 'waiting' | 'rejected' | 'admitted' | 'admitted_in_full';
  reason: string;
};
export type ForkSide = {id: string; device: string; unit: string; label: string; incarnation: string; first: number; last: number; records: number; came_at: string; came_first: boolean};

export type Change = {id: string; code: string; said: Said[]};
export type Changes = {changes: Change[]; more: number; unread: number; grants: number};
export type Outcome = {
  id: string;
  code: string;
  unit: string;
  new: boolean;
  changes: {field: string; before: unknown; after: unknown}[];
  proposals: number;
  not_applied: number;
  conflicts: number;
  waiting: number;
};
/** `head`: of exactly what is shown; empty where something stands in the way. */
type Looked = Changes & {head: string; revoked: {at: string; reason: string} | null; dossiers: Outcome[]};
export type HandedInLooked = HandedIn & Looked & {obstacle: string | null; in_full: boolean};
export type ForkLooked = ForkSide & Looked & {set_aside: Changes; waiting: number};

export type Look<T> = {value?: T; trouble?: Trouble; again: () => void};

/** Asked once, not with each event: the centre tries the whole admission for it, and what was looked at must stay on the screen. */
export function useLook<T>(path: string): Look<T> {
  const [moment, setMoment] = useState(0);
  const [answer, setAnswer] = useState<Answer<T>>();
  useEffect(() => {
    let current = true;
    setAnswer(undefined);
    void read<T>(path).then((got) => {
      if (current) setAnswer(got);
    });
    return () => {
      current = false;
    };
  }, [path, moment]);
  const again = (): void => setMoment(moment + 1);
  if (!answer) return {again};
  return answer.ok ? {value: answer.value, again} : {trouble: answer.trouble, again};
}

type Taken = {device: string; taken: number; known: number};
export type Brought = {taken: number; known: number; trouble?: Trouble};

export const fileBytesMax = 64 * 1024 * 1024;

/** A file of `wardsync sync hand-in`, line by line; the centre verifies each. Nothing: it is no such file. */
export async function bring(file: File, tell: (so_far: Brought) => void): Promise<Brought | undefined> {
  const bodies: unknown[] = [];
  try {
    for (const line of (await file.text()).split('\n')) if (line !== '') bodies.push(JSON.parse(line));
  } catch {
    return undefined;
  }
  if (bodies.length === 0 || bodies.some((body) => typeof body !== 'object' || body === null || !('run' in body))) return undefined;
  const out: Brought = {taken: 0, known: 0};
  for (const body of bodies) {
    const answer = await write<Taken>('/v1/handed-in', body, newKey());
    if (!answer.ok) return {...out, trouble: answer.trouble};
    out.taken += answer.value.taken;
    out.known += answer.value.known;
    tell({...out});
  }
  return out;
}
