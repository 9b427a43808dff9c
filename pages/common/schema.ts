import {useEffect} from 'preact/hooks';
import {read, session} from './api';
import {settings} from './settings';
import {Store, useStore} from './store';
import {shownDate} from './time';
import {valueText} from './dossier';

/** Which fields there are, what they are called, what their codes mean: as the daemon says. */

export type FieldType = 'string' | 'enum' | 'date' | 'datetime' | 'money' | 'int' | 'bool' | 'list';
export type SchemaField = {
  name: string;
  parent: string;
  type: FieldType;
  required: boolean;
  vi: string;
  en: string;
  codes?: {code: string; words: string[]}[]; // the first word is Vietnamese, the last English where there is one
};
export type Procedure = {code: string; name: string; field: string; time: number; time_unit: string; working_days: boolean; same_day: boolean; fee_vnd: number};
export type Status = {code: string; vi: string; en: string; successors: string[]};
type StatusesAnswer = {statuses: {code: number | string; vi: string; en: string}[]; transitions: {from: number | string; to: number | string}[]};
export type Unit = {code: string; name_vi: string; name_en: string};
export type Schema = {fields: SchemaField[]; procedures: Procedure[]; statuses: Status[]; units: Unit[]};

const retryMs = 1000;
const empty: Schema = {fields: [], procedures: [], statuses: [], units: []};
export const schema = new Store<Schema>(empty);

function statusesOf(answer: StatusesAnswer): Status[] {
  return answer.statuses.map(({code, vi, en}) => ({
    code: String(code),
    vi,
    en,
    successors: answer.transitions.filter((step) => String(step.from) === String(code)).map((step) => String(step.to)),
  }));
}

/** Asks once; these change only with the program. */
async function loadSchema(): Promise<boolean> {
  if (schema.get() !== empty) return true;
  const [fields, procedures, statuses, units] = await Promise.all([
    read<{fields: SchemaField[]}>('/v1/schema'),
    read<{procedures: Procedure[]}>('/v1/procedures'),
    read<StatusesAnswer>('/v1/statuses'),
    read<{units: Unit[]}>('/v1/units'),
  ]);
  if (!fields.ok || !procedures.ok || !statuses.ok || !units.ok) return false;
  schema.set({fields: fields.value.fields, procedures: procedures.value.procedures, statuses: statusesOf(statuses.value), units: units.value.units});
  return true;
}

/** Inside lists, and for programs: what these say is said by the other fields, or by the element's place. */
export const technicalFields = new Set(['id', 'by', 'unit', 'at', 'TepDinhKemId', 'GiayToId', 'HoSoId', 'SHA256', 'DuongDanTaiTepTin', 'DuongDanTepTinKetQua', 'IsDeleted']);

/** The names of things, in the language of the page. */
export class Names {
  constructor(private schema: Schema, private vietnamese: boolean) {}

  private either(vi: string, en: string): string {
    return (this.vietnamese ? vi : en) || vi || en;
  }

  private find(path: string): SchemaField | undefined {
    const names = path.split('/').filter((_, index) => index % 2 === 0);
    const name = names[names.length - 1] ?? '';
    const parent = names[names.length - 2] ?? '';
    return this.schema.fields.find((field) => field.name === name && field.parent === parent);
  }

  /** `TaiLieuNop/cccd/TenTepDinhKem` as its list and its field; what is not known, as it is. */
  field(path: string): string {
    const names = path.split('/').filter((_, index) => index % 2 === 0);
    return names
      .map((name, index) => {
        const found = this.schema.fields.find((field) => field.name === name && field.parent === (names[index - 1] ?? ''));
        return found ? this.either(found.vi, found.en) : name;
      })
      .join(' · ');
  }

  /** The last name of a path alone, where its list is named above. */
  last(path: string): string {
    const found = this.find(path);
    return found ? this.either(found.vi, found.en) : (path.split('/').pop() ?? path);
  }

  status(code: string): string {
    const found = this.schema.statuses.find((status) => status.code === code);
    return found ? this.either(found.vi, found.en) : code;
  }

  unit(code: string): string {
    const found = this.schema.units.find((unit) => unit.code === code);
    return found ? this.either(found.name_vi, found.name_en) : code;
  }

  procedure(code: string): string {
    return this.schema.procedures.find((procedure) => procedure.code === code)?.name ?? '';
  }

  code(field: SchemaField, code: string): string {
    const found = field.codes?.find((one) => one.code === code);
    return found ? this.either(found.words[0] ?? code, found.words[found.words.length - 1] ?? code) : code;
  }

  /** A value of that field, as people read it. */
  value(path: string, value: unknown): string {
    if (typeof value === 'object' && value !== null) return this.element(path, value);
    const text = valueText(value);
    const field = this.find(path);
    if (!field) return text;
    if (field.name === 'TrangThaiHoSo') return this.status(text);
    if (field.type === 'enum') return this.code(field, text);
    if (field.type === 'date' || field.type === 'datetime') return shownDate(text);
    if (field.type === 'money' && /^\d+$/.test(text)) return text.replace(/\B(?=(\d{3})+$)/g, '.') + ' đ';
    return text;
  }

  /** A whole element, as one line. */
  private element(path: string, value: object): string {
    const inside = path.split('/').length % 2 === 1 ? `${path}/x` : path;
    const shown = Object.entries(value).filter(([name, one]) => !technicalFields.has(name) && one !== '');
    return shown.map(([name, one]) => `${this.last(`${inside}/${name}`)}: ${this.value(`${inside}/${name}`, one)}`).join('; ');
  }

  codes(path: string): {value: string; label: string}[] {
    const field = this.find(path);
    return (field?.codes ?? []).map((one) => ({value: one.code, label: `${one.code} · ${field ? this.code(field, one.code) : ''}`}));
  }
}

export function useNames(): Names {
  const {language} = useStore(settings);
  return new Names(useStore(schema), language === 'vi');
}

/** False until it is here: nothing can be shown before. It comes with the session. */
export function useReady(): boolean {
  const open = useStore(session).state === 'open';
  const known = useStore(schema) !== empty;
  useEffect(() => {
    if (!open) return;
    const ask = (): void => {
      void loadSchema().then((loaded) => {
        if (!loaded) setTimeout(ask, retryMs);
      });
    };
    ask();
  }, [open]);
  return known;
}
