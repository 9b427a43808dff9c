import {session} from '../api';
import {load, save} from '../keep';
import {who} from '../log_in';
import {Store, useStore} from '../store';
import type {User} from './model';

/** Whose name stands in the history. Chosen by whoever sits there, it proves nothing; where the unit has accounts, the daemon takes only theirs. */
type People = {names: string[]; chosen: string};

const namesMax = 20;

function loaded(): People {
  const kept = load('people') as Partial<People> | undefined;
  const names = Array.isArray(kept?.names) ? kept.names.filter((name): name is string => typeof name === 'string') : [];
  return {names, chosen: typeof kept?.chosen === 'string' ? kept.chosen : ''};
}

export const people = new Store<People>(loaded());

function set(next: People): void {
  people.set(next);
  save('people', next);
}

export function choosePerson(chosen: string): void {
  set({...people.get(), chosen});
}

export function addPerson(name: string): void {
  const names = [name, ...people.get().names.filter((known) => known !== name)].slice(0, namesMax);
  set({names, chosen: name});
}

/** Who is logged in; where nobody needs to be, who was chosen; empty: the account's name stands in the history. */
function writer(): string {
  const now = who.get();
  return now?.needed ? (now.user ?? '') : people.get().chosen;
}
export function useWriter(): string {
  useStore(people);
  useStore(who);
  return writer();
}

/** The address of a write, with its writer's name, or of what is answered for somebody: a daemon that knows somebody else there refuses it. */
export function signed(path: string): string {
  const chosen = writer();
  return chosen ? `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams({by: chosen})}` : path;
}

/** The accounts of the unit here; none until it has any. */
export const accounts = new Store<readonly User[]>([]);

/** Whether the one in whose name the page writes has a key: then legal acts need its signature. */
export function useOwnKey(): boolean {
  const chosen = useWriter();
  const open = useStore(session);
  const name = chosen || (open.state === 'open' ? open.account : '');
  return useStore(accounts).some((user) => user.name === name && user.key !== null);
}
