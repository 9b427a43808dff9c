import {useEffect, useMemo, useState} from 'preact/hooks';
import {Picker} from '../common/parts/picker';
import {SelectField, TextField} from '../common/parts/field';
import {Banner} from '../common/parts/said';
import {type Procedure, type Schema, schema, type SchemaField, useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {useStore} from '../common/store';
import type {Texts} from '../common/texts/vi';
import {complaint, deskFields, digitFields, doubt, longFields, moreFields} from './desk';

/** The boxes of a dossier, new or being edited. Whoever uses it holds the values and saves them. */

export type Values = Record<string, string>;
export type FormProps = {
  values: Values;
  onChange: (name: string, value: string) => void;
  isNew: boolean;
  undecided: ReadonlySet<string>; // fields that wait for a decision in the inbox
  complaining: boolean; // somebody has tried to save: say what is wrong
  proposed?: Values; // fields that the daemon proposes for this change of status
  certain?: boolean; // false: by days off that are not decided yet
};

export const requiredFields = ['MaTTHC', 'ChuHoSo'] as const;

function fieldCalled(known: Schema, name: string): SchemaField | undefined {
  return known.fields.find((field) => field.parent === '' && field.name === name);
}

export function errorOf(known: Schema, name: string, values: Values, t: Texts): string | undefined {
  const value = values[name] ?? '';
  if (requiredFields.some((required) => required === name) && value.trim() === '') return t.form.errors.missing;
  const field = fieldCalled(known, name);
  const wrong = field && complaint(field, value);
  return wrong && t.form.errors[wrong];
}

/** Names of fields that cannot be saved so, in no order. */
export function errorsOf(known: Schema, values: Values, t: Texts): string[] {
  return [...new Set([...requiredFields, ...Object.keys(values)])].filter((name) => errorOf(known, name, values, t) !== undefined);
}

function procedureNote(procedure: Procedure, t: Texts): string {
  const time = procedure.same_day ? t.form.sameDay : t.form.within(procedure.time, procedure.time_unit, procedure.working_days);
  return `${time} · ${procedure.fee_vnd > 0 ? t.money(procedure.fee_vnd) : t.form.free}`;
}

function ProcedureField({values, onChange, complaining, undecided}: FormProps) {
  const t = useTexts();
  const known = useStore(schema);
  const picks = useMemo(() => known.procedures.map((one) => ({code: one.code, name: one.name, note: procedureNote(one, t)})), [known, t]);
  const chosen = known.procedures.find((one) => one.code === values['MaTTHC']);
  if (undecided.has('MaTTHC')) return null;
  return (
    <Picker
      label={t.form.procedure}
      picks={picks}
      chosen={values['MaTTHC'] ?? ''}
      onChoose={(code) => onChange('MaTTHC', code)}
      required
      none={t.form.noProcedure}
      hint={chosen ? procedureNote(chosen, t) : t.form.procedureHint}
      error={complaining ? errorOf(known, 'MaTTHC', values, t) : undefined}
    />
  );
}

/** Those with which a dossier begins. Later ones have a dialog of their own, with what goes with each. */
const firstStatuses = ['1', '2'];

function OneField({field, form}: {field: SchemaField; form: FormProps}) {
  const t = useTexts();
  const names = useNames();
  const known = useStore(schema);
  const value = form.values[field.name] ?? '';
  const doubted = doubt(field.name, form.values);
  const shared = {
    name: field.name,
    label: names.field(field.name),
    value,
    onChange: (next: string) => form.onChange(field.name, next),
    required: requiredFields.some((name) => name === field.name),
    warning: doubted && t.form.doubts[doubted],
    error: form.complaining ? errorOf(known, field.name, form.values, t) : undefined,
  };
  if (form.undecided.has(field.name)) return <TextField {...shared} onChange={() => undefined} disabled hint={t.form.undecided} />;
  if (field.name === 'TrangThaiHoSo') return <SelectField {...shared} choices={firstStatuses.map((code) => ({value: code, label: names.status(code)}))} />;
  const codes = names.codes(field.name);
  if (field.type === 'enum' && codes.length > 0) return <SelectField {...shared} choices={codes} empty={t.form.nothing} />;
  const hints: Record<string, string> = {date: t.form.dateHint, datetime: t.form.timeHint};
  const isProposed = value !== '' && form.proposed?.[field.name] === value;
  const proposal = isProposed ? (form.certain === false && field.name === 'NgayHenTra' ? t.form.proposedUncertain : t.form.proposed) : undefined;
  const hint = field.name === 'MaHoSo' && form.isNew ? t.form.codeHint : (proposal ?? hints[field.type]);
  return <TextField {...shared} hint={hint} numeric={digitFields.has(field.name)} {...(longFields.has(field.name) ? {lines: 2} : {})} />;
}

export function Form(props: FormProps) {
  const t = useTexts();
  const known = useStore(schema);
  const [more, setMore] = useState(false);
  useEffect(() => {
    const toggle = (): void => setMore((shown) => !shown);
    addEventListener('ward:more', toggle);
    return () => removeEventListener('ward:more', toggle);
  }, []);
  const field = (one: SchemaField | undefined) => one && <OneField key={one.name} field={one} form={props} />;
  const desk = deskFields.filter((name) => props.isNew || (name !== 'MaHoSo' && name !== 'TrangThaiHoSo'));
  const beside = Object.keys(props.proposed ?? {}).filter((name) => !deskFields.some((one) => one === name));
  return (
    <div class="form" onKeyDown={nextOnEnter}>
      {props.undecided.size > 0 && (
        <Banner kind="warn" icon="person">
          {t.form.undecidedBanner}
        </Banner>
      )}
      <ProcedureField {...props} />
      <div class="fields">{[...desk, ...beside].map((name) => field(fieldCalled(known, name)))}</div>
      <button type="button" aria-expanded={more} onClick={() => setMore(!more)}>
        {more ? t.form.less : t.form.more} <kbd>F8</kbd>
      </button>
      {more && <div class="fields">{moreFields(known).filter((one) => !beside.includes(one.name)).map(field)}</div>}
    </div>
  );
}

/** Enter goes on to the next box, as scanners and clerks expect; it never saves anything. */
function nextOnEnter(event: KeyboardEvent): void {
  const from = event.target;
  if (event.key !== 'Enter' || event.isComposing || event.defaultPrevented || !(from instanceof HTMLInputElement || from instanceof HTMLSelectElement)) return;
  event.preventDefault();
  const boxes = [...document.querySelectorAll<HTMLElement>('main :is(.form, .paper) :is(input, select, textarea)')].filter((box) => !box.matches(':disabled'));
  boxes[boxes.indexOf(from) + 1]?.focus();
}

/** Puts the focus where something must be mended. */
export function focusFirstError(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.form [aria-invalid="true"]')?.focus());
}
