import {load, save} from '../common/keep';
import {Store} from '../common/store';

/** Whose name stands in the history on a shared account. A name, chosen by whoever sits there: it proves nothing. */
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

/** What a write says of its writer; nothing when no name was chosen: then the account's name stands there. */
export function writer(): {by?: string} {
  const {chosen} = people.get();
  return chosen ? {by: chosen} : {};
}
