import type {Deadline} from '../deadline';
import type {Said} from '../dossier';

/** What both daemons tell of hand-overs, statuses and what waits for a person; desk/README.md has the contract. */

/** Who sits here: in whose name the page writes, and on which PC. */
export type Here = {unit: string; device: string};

export type Role = 'clerk' | 'desk_head' | 'leader' | 'accountant' | 'technician' | 'administrator' | 'auditor';
/** An account; `writes`: it may write dossiers. */
export type User = {name: string; unit: string; display: string; role: Role; enabled: boolean; writes: boolean; activated: boolean; key: string | null; reason: string};

export type Words = {vi: string; en: string};
export type Decider = {role: string; user?: string; unit?: string; words?: Words};

export type Offer = {id: string; from: string; to: string; by: string; at: string; note: string; expires: string};
export type Custody = {unit: string; since: string; pending: Offer[]};
export type HandOver = Offer & {dossier: string; dossier_id: string; owner: string; procedure: string; procedure_name: string; status: string; holder: string; late_from: string; late: boolean};
export type HandOverPage = {hand_overs: HandOver[]; next: string};

export type Stay = {
  unit: string;
  given_by_unit: string;
  given_by: string;
  given_signed: boolean; // with the official's own key
  offered_at: string;
  taken_by: string;
  taken_signed: boolean;
  from: string;
  until: string;
  note: string;
  working_minutes: number;
  due: string;
  judged_by: 'step' | 'total' | 'none';
  judgement: 'none' | 'early' | 'on_time' | 'late' | 'open_good' | 'open_late';
};
export type Slip = {id: string; code: string; owner: string; procedure: string; procedure_name: string; status: string; received: string; due: string; stays: Stay[]};

export type Companion = {field: string; proposed: string};
export type Step = {status: string; companions: Companion[]; needs_reason: boolean; legal_act: boolean; blocked_by: string[]}; // legal_act: who has a key signs it
export type NextStatuses = {status: string; unit: string; next: Step[]};

/** One authority's share of what was lodged once. */
export type Stage = 'planned' | 'waits' | 'ready' | 'offered' | 'declined' | 'in_work' | 'finished' | 'refused' | 'voided' | 'disputed' | 'unknown';
export type LinkedPart = {
  part: string;
  name: string;
  name_en: string;
  after: string;
  to: string;
  stage: Stage;
  since: string;
  id: string;
  chosen_from: string[];
  code: string;
  unit: string;
  status: string;
  due: string;
  late: boolean;
  deadline: Deadline | null;
  declined: {unit: string; by: string; at: string; why: string} | null;
};
export type LinkedWhole = {status: string; waits_for_citizen: boolean; due: string; count: number; ended: number; refused: number; declined: number; late: number; parts: LinkedPart[]};
export type PartOf = {id: string; code: string; part: string; desk: string};
/** What fanning out would do. */
export type Missing = {part: string; to: string; create: boolean; offer: boolean};
export type DossierParts = {linked: LinkedWhole | null; part_of: PartOf | null; missing: Missing[]; trouble: string | null};

/** What its writer said that does not apply: a proposal, or an act that is refused. */
export type Unapplied = Said & {refusal: string; decider: Decider; item: string; words: Words; todo: Words};

export type Action = 'keep' | 'set' | 'dismiss' | 'approve';
export type Item = {
  id: string;
  kind: string;
  field: string;
  values: Said[];
  dossier: string;
  dossier_id: string;
  version: string;
  unit: string;
  question: boolean;
  actions: Action[];
  decider: Decider;
  mine: boolean;
  blocks: string[];
  since: string;
  level: 'decider' | 'leader' | 'centre';
  goes_up_at: string;
  refusal?: string;
  words: Words;
  todo: Words;
};
export type Side = Said & {seen: Said[]; same_act: {kind: string; field: string; value: unknown}[]};
export type WholeItem = Omit<Item, 'values'> & {values: Side[]; before: Said | null; alike: {id: string; dossier: string; dossier_id: string}[]};
export type Preview = {applies: boolean; must_sign: boolean; trouble: {detail: string} | null; changes: {field: string; before: unknown; after: unknown}[]; left: {id: string; field: string}[]};
