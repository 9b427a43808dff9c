import {useEffect, useState} from 'preact/hooks';
import {type Answer, openSession, read, session, type Trouble} from './api';
import {Store, useStore} from './store';

/**
 * What the page knows is as old as the last thing that it heard. `live`: the daemon's events arrive. `unknown`: they do not, since then; the
 * page says so, tries again by itself, and asks everything anew when it succeeds.
 */
export type Liveness = {state: 'connecting'} | {state: 'live'} | {state: 'unknown'; since: Date};
export const liveness = new Store<Liveness>({state: 'connecting'});

/** Grows whenever something may have changed; views ask again. */
export const tick = new Store(0);

/** False: whatever is shown was true once, and may not be now. */
export function useKnown(): boolean {
  return useStore(liveness).state === 'live';
}

const retryMs = 1000;
const gatherMs = 150; // one asking for a burst of events
const hourglassMs = 60_000; // what is due soon changes while nothing happens
const pulseMs = 5000; // a daemon that stands still closes nothing

let source: EventSource | undefined;
let gathering: ReturnType<typeof setTimeout> | undefined;
let lastHeard = new Date();
let beating = false;

function somethingHappened(): void {
  gathering ??= setTimeout(() => {
    gathering = undefined;
    tick.set(tick.get() + 1);
  }, gatherMs);
}

function heard(): void {
  lastHeard = new Date();
  if (liveness.get().state !== 'live') {
    liveness.set({state: 'live'});
    tick.set(tick.get() + 1);
  }
}

function lost(): void {
  source?.close();
  source = undefined;
  if (liveness.get().state !== 'unknown') liveness.set({state: 'unknown', since: lastHeard});
}

function listen(events: readonly string[]): void {
  source = new EventSource('/v1/events');
  source.onopen = () => {
    heard();
    somethingHappened();
  };
  source.onerror = lost;
  for (const name of events)
    source.addEventListener(name, () => {
      heard();
      somethingHappened();
    });
}

/**
 * A session outlives the daemon; one that was opened meanwhile, in another tab, is ours too. A tab that nobody sees does not
 * listen: a browser has six connections to one place, for all tabs together.
 */
async function beat(events: readonly string[]): Promise<void> {
  if (document.hidden || beating || (source && session.get().state === 'open')) return;
  beating = true;
  const answered = await openSession();
  beating = false;
  if (answered && session.get().state === 'open') listen(events);
  else lost();
}

/** Starts, and never ends: the page listens for as long as it is open. */
export function startLive(events: readonly string[]): void {
  const go = async (): Promise<void> => {
    await beat(events);
    setTimeout(() => void go(), retryMs);
  };
  void go();
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) return void beat(events);
    source?.close();
    source = undefined;
  });
  setInterval(() => {
    if (liveness.get().state === 'live' && !document.hidden) void pulse();
  }, pulseMs);
  setInterval(() => {
    if (liveness.get().state === 'live' && !document.hidden) somethingHappened();
  }, hourglassMs);
}

async function pulse(): Promise<void> {
  const answer = await read('/v1/health');
  if (answer.ok) lastHeard = new Date();
  else lost();
}

export type Reading<T> = {value?: T; trouble?: Trouble};

/** What `path` answers, asked again whenever something may have changed; the last good answer stays while the daemon is silent. */
export function useRead<T>(path: string | undefined): Reading<T> {
  const [reading, setReading] = useState<Reading<T> & {path?: string}>({});
  const moment = useStore(tick);
  const open = useStore(session).state === 'open';
  useEffect(() => {
    if (path === undefined || !open) return;
    let wanted = true;
    void read<T>(path).then((answer: Answer<T>) => {
      if (!wanted) return;
      if (answer.ok) setReading({path, value: answer.value});
      else if (answer.trouble.name === 'unreachable') lost();
      else if (['log_in_first', 'locked'].includes(answer.trouble.name)) return; // what is under the lock stays as it is
      else setReading({path, trouble: answer.trouble});
    });
    return () => {
      wanted = false;
    };
  }, [path, moment, open]);
  return reading.path === path ? reading : {};
}

/** The present time, so that ages grow while nothing else happens. */
export function useNow(everyMs = 10_000): Date {
  const [now, setNow] = useState(new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
