import {useEffect, useRef, useState} from 'preact/hooks';
import {newKey, write} from '../common/api';
import {schema} from '../common/schema';
import {committed} from '../common/text';
import {formValue} from './desk';
import type {Values} from './form';
import {signed} from '../common/desk/people';

/** What the daemon proposes for a change of status: the days that it carries, by the procedure and the calendar. */

export type Filling = {set: Record<string, unknown>; append: Record<string, Record<string, unknown>>; certain: boolean; clock_believed: boolean};
export const roundList = 'DanhSachHoSoBoSung';
export const roundText = 'NoiDungBoSung';

/** What was offered, and as which values of the form. */
export type Offer = {filling: Filling | undefined; proposed: Values};

/**
 * Asked again whenever what it follows from has changed; nothing while there is nothing to propose. What it proposes goes into the boxes that
 * nobody has touched, by `put`, which gets just those. Without `put` nothing is offered: what is being sent, or was and is not answered, must stay as it is.
 */
export function useFilling(dossier: string, values: Values, before: Values, put: ((values: Values) => void) | undefined): Offer {
  const [filling, setFilling] = useState<Filling>();
  const last = useRef<Values>({});
  const latest = useRef({values, put});
  latest.current = {values, put};
  const status = values['TrangThaiHoSo'] ?? '';
  const given: Record<string, string> = {TrangThaiHoSo: status};
  for (const name of ['MaTTHC', 'NgayTiepNhan']) {
    const value = committed(values[name] ?? '');
    if (value !== '' && value !== committed(before[name] ?? '') && value !== last.current[name]) given[name] = value;
  }
  const hasProcedure = committed(values['MaTTHC'] ?? '') !== '';
  const asked = !hasProcedure || status === '' || status === (before['TrangThaiHoSo'] ?? '') ? '' : JSON.stringify({dossier, set: given});
  useEffect(() => {
    let wanted = true;
    const take = (answer: Filling | undefined): void => {
      const now = latest.current;
      if (!wanted || !now.put) return;
      const proposed = proposedOf(answer);
      const next = withProposals(now.values, before, proposed, last.current);
      last.current = proposed;
      setFilling(answer);
      const changes = Object.entries(next).filter(([name, value]) => value !== (now.values[name] ?? ''));
      if (changes.length > 0) now.put(Object.fromEntries(changes));
    };
    if (asked) void write<Filling>(signed('/v1/filling'), JSON.parse(asked), newKey()).then((answer) => take(answer.ok ? answer.value : undefined));
    else take(undefined);
    return () => {
      wanted = false;
    };
  }, [asked, put === undefined]);
  return {filling, proposed: last.current};
}

/** Fields of the dossier itself, as the form shows them. */
function proposedOf(filling: Filling | undefined): Values {
  const out: Values = {};
  for (const [name, value] of Object.entries(filling?.set ?? {})) {
    const field = schema.get().fields.find((one) => one.parent === '' && one.name === name);
    if (field) out[name] = formValue(field, value);
  }
  return out;
}

/** Puts proposals into boxes that nobody has touched: empty ones, as the dossier has them, or with the proposal of before. */
function withProposals(values: Values, before: Values, proposed: Values, earlier: Values): Values {
  const out = {...values};
  const untouched = (name: string): boolean => [before[name] ?? '', earlier[name], ''].includes(out[name] ?? '');
  for (const name of Object.keys(earlier)) if (proposed[name] === undefined && out[name] === earlier[name]) out[name] = before[name] ?? '';
  for (const [name, value] of Object.entries(proposed)) if (untouched(name)) out[name] = value;
  return out;
}

/** What was proposed and taken out again is said to be empty, else it would be proposed once more when it is saved. */
export function emptied(values: Values, proposed: Values): Values {
  return Object.fromEntries(Object.keys(proposed).filter((name) => committed(values[name] ?? '') === '').map((name) => [name, '']));
}
