import {type Said, valueText} from '../dossier';
import type {Names} from '../schema';
import type {Texts} from '../texts/vi';

function mapOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

/** A value that stands for the ones before it: written when a decision is taken back, or when an element stays. */
export function isUndo(value: unknown): boolean {
  return 'undo' in (mapOf(value) ?? {});
}

/** What somebody said, as people read it: a value, or an act with what went with it. */
export function saidText(said: Said, names: Names, t: Texts): string {
  const map = mapOf(said.value);
  if (said.kind === 'remove') return t.inbox.removed;
  if (said.kind === 'offer' && map) return [`${t.inbox.acts.offer} → ${names.unit(valueText(map['to']))}`, valueText(map['note'])].filter(Boolean).join('; ');
  if (said.kind in t.inbox.acts) return t.inbox.acts[said.kind as keyof typeof t.inbox.acts];
  if (isUndo(said.value)) return t.history.takenBack;
  if (said.kind === 'status' && map) {
    const others = Object.keys(map).filter((field) => field !== said.field);
    return [names.value(said.field, map[said.field]), ...others.map((field) => `${names.field(field)}: ${names.value(field, map[field])}`)].join('; ');
  }
  return names.value(said.field, said.value) || t.inbox.empty;
}
