import type {Deadline} from './deadline';
import type {Custody, Decider, LinkedWhole, PartOf, Unapplied, Words} from './desk/model';

/** What both daemons tell of dossiers; interfaces.md has the contract. */

export type DossierState = 'on_this_pc' | 'at_centre' | 'applied' | 'needs_you';

export type DossierLine = {
  id: string;
  code: string;
  status: string;
  procedure: string;
  unit: string;
  owner: string;
  received: string;
  due: string;
  deadline: Deadline;
  changed_at: string;
  conflicts: number;
  state: DossierState;
  procedure_name?: string;
  state_since?: string;
  state_reason?: string;
  void?: string; // made by mistake, and why
  part_of?: string; // the code of the dossier of which it is a part
};
export type DossierPage = {dossiers: DossierLine[]; next: string};

/** One act of somebody, about one field. */
export type Said = {
  op: string;
  kind: string;
  field: string;
  value: unknown;
  by: string;
  unit: string;
  device: string;
  at: string;
  clock_good: boolean;
  signed?: boolean; // with its user's own key
  stamped_at?: string;
  why?: string;
  author?: string; // of a value that stands by an approval: who had proposed it
};
export type HistoryEntry = Said & {standing: string; replaced: string[]; refusal?: string};
/** Of one place of a dossier: all that was ever written there, and the rule by which it shows what it shows. */
export type Why = {field: string; policy: string; because: string; history: HistoryEntry[]};
export type Conflict = {id: string; kind: string; field: string; values: Said[]; decider: Decider; blocks: string[]; words: Words; todo: Words};

export type Element = Record<string, unknown> & {id: string; by: string; unit: string; at: string};
export type Dossier = {
  id: string;
  code: string;
  codes: string[];
  version: string;
  state: DossierState;
  deadline: Deadline;
  fields: Record<string, unknown>;
  parts: Element[];
  payments: Element[];
  notes: Element[];
  collections: Record<string, Element[]>;
  custody: Custody;
  linked: LinkedWhole | null;
  part_of: PartOf | null;
  conflicts: Conflict[];
  proposals: Unapplied[];
  not_applied: Unapplied[];
  waiting: number;
  state_since?: string;
  state_reason?: string;
  erased?: {at: string; reason: string; by: string; by_unit: string};
  records: 'here' | 'at_centre';
};

/** A dossier made by mistake has a reason here; an empty text takes that back. */
export const voidField = 'LyDoHuy';

/** A stored value as text, whatever it is. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

export function dossierPath(which: string): string {
  return `/v1/dossiers/${encodeURIComponent(which)}`;
}
