import {committed} from '../common/text';
import {shownDate} from '../common/time';
import {valueText} from '../common/dossier';
import type {Schema, SchemaField} from '../common/schema';

/** What a desk asks for, and what of it must be right before it is saved. */

/** The dozen that a desk fills, in the order of the paper. The procedure's picker stands before them. */
export const deskFields = ['ChuHoSo', 'SoGiayToChuHoSo', 'NgaySinhChuHoSo', 'GioiTinhChuHoSo', 'SoDienThoai', 'DiaChiChuHoSo', 'NguoiNop', 'MaHoSo',
                           'TrangThaiHoSo', 'NgayHenTra', 'HinhThuc', 'GhiChu'] as const;

/** Follow from other fields, or move by acts of their own. */
const derived = new Set(['MaTTHC', 'TenTTHC', 'MaLinhVuc', 'TenLinhVuc', 'DonViTiepNhan', 'DonViDangGiu', 'DonViXuLy', 'LyDoHuy']);

export function moreFields(schema: Schema): SchemaField[] {
  const shown = new Set<string>([...deskFields, ...derived]);
  return schema.fields.filter((field) => field.parent === '' && field.type !== 'list' && !shown.has(field.name));
}

export const longFields = new Set(['GhiChu', 'TrichYeuHoSo', 'ThongTinKhac', 'DiaChiChuHoSo']);
export const digitFields = new Set(['SoGiayToChuHoSo', 'SoDienThoai']);

/** A stored field as it stands in the form. */
export function formValue(field: SchemaField | undefined, value: unknown): string {
  const text = valueText(value);
  return field?.type === 'date' || field?.type === 'datetime' ? shownDate(text) : text;
}

export const newValues: Record<string, string> = {TrangThaiHoSo: '2', HinhThuc: '0', KenhThucHien: '1', LoaiDoiTuong: '1', NoiNopHoSo: '2'};

/** A new dossier: what was typed, and what follows from it. Names that begin with `#` are the form's own. */
export function completed(values: Record<string, string>, schema: Schema, storedNow: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) if (!name.startsWith('#') && committed(value)) out[name] = committed(value);
  const procedure = schema.procedures.find((one) => one.code === out['MaTTHC']);
  if (procedure) {
    out['TenTTHC'] = procedure.name;
    out['TenLinhVuc'] = procedure.field;
  }
  out['NgayNopHoSo'] ??= storedNow;
  if (out['TrangThaiHoSo'] === '2') out['NgayTiepNhan'] ??= storedNow;
  return out;
}

/** What was changed, against what the form began with. */
export function changed(values: Record<string, string>, before: Record<string, string>, schema: Schema): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) if (committed(value) !== committed(before[name] ?? '')) out[name] = committed(value);
  const procedure = schema.procedures.find((one) => one.code === out['MaTTHC']);
  if (procedure) {
    out['TenTTHC'] = procedure.name;
    out['TenLinhVuc'] = procedure.field;
  }
  return out;
}

export type Complaint = 'missing' | 'date' | 'time' | 'too_long';
const textMax = 4000;

function isDay(text: string): boolean {
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (!parts) return false;
  const day = new Date(Date.UTC(Number(parts[3]), Number(parts[2]) - 1, Number(parts[1])));
  return day.getUTCDate() === Number(parts[1]) && day.getUTCMonth() === Number(parts[2]) - 1;
}

/** Why it cannot be saved so. */
export function complaint(field: SchemaField, value: string): Complaint | undefined {
  const text = committed(value);
  if (text.length > textMax) return 'too_long';
  if (!text) return undefined;
  if (field.type === 'date' && !isDay(text) && !/^\d{4}$/.test(text)) return 'date';
  if (field.type === 'datetime') {
    const [day, time, more] = text.split(' ');
    if (!isDay(day ?? '') || more !== undefined || (time !== undefined && !/^([01]?\d|2[0-3]):[0-5]\d$/.test(time))) return 'time';
  }
  return undefined;
}

export type Doubt = 'identity_length' | 'identity_birth' | 'identity_sex' | 'phone' | 'code_form';

/** 046 2 99 123456: the fourth digit says the century and the sex, the next two the year. */
function identityDoubt(number: string, born: string, sex: string): Doubt | undefined {
  if (!/^\d+$/.test(number)) return undefined; // a passport, a tax code with a hyphen
  if (number.length !== 12) return number.length === 9 || number.length === 10 ? undefined : 'identity_length';
  const century = Number(number[3]);
  const year = 1900 + Math.floor(century / 2) * 100 + Number(number.slice(4, 6));
  const known = /(\d{4})$/.exec(born)?.[1];
  if (known && Number(known) !== year) return 'identity_birth';
  if ((sex === '1' && century % 2 === 1) || (sex === '2' && century % 2 === 0)) return 'identity_sex';
  return undefined;
}

/** Worth another look at the paper; people with corrected papers exist, so never a refusal. */
export function doubt(name: string, values: Record<string, string>): Doubt | undefined {
  const value = committed(values[name] ?? '');
  if (!value) return undefined;
  if (name === 'SoGiayToChuHoSo') return identityDoubt(value.replace(/[\s.]/g, ''), committed(values['NgaySinhChuHoSo'] ?? ''), values['GioiTinhChuHoSo'] ?? '');
  if (name === 'SoDienThoai') return /^(0\d{9,10}|\+84\d{9})$/.test(value.replace(/[\s.-]/g, '')) ? undefined : 'phone';
  if (name === 'MaHoSo') return /^(\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(\.\d{2,3}){0,3})-\d{6}-\d{4,}$/.test(value) ? undefined : 'code_form';
  return undefined;
}
