/** What the centre's daemon tells of its devices; centre/README.md has the contract. */

export type Standing = 'waiting' | 'approved' | 'revoked';
export type Alert = 'none' | 'audit' | 'offline' | 'codes' | 'clock' | 'disk' | 'quota' | 'no_progress' | 'revoked_contact' | 'rollback' | 'copy' | 'fork';

export type Device = {
  device: string;
  unit: string;
  label: string;
  standing: Standing;
  alert: Alert;
  since: string;
  last_contact_at: string;
  link: {state: 'open' | 'closed'; last_error: string};
  queue: {records: number; bytes: number; oldest_at: string};
  receipted: {through: number; at: string};
  exposure?: {dossiers: number; oldest_at: string};
  conflicts: number;
  waiting: number;
  quarantined: number;
  clock: {offset_ms: number; trusted: boolean};
  disk: {free_bytes: number};
  version: string;
  fingerprint?: string;
  cause?: {code: string; vi: string; en: string}; // why it is not well, and
  action?: {vi: string; en: string}; // what to do
  refused_at?: string;
};

export type CentreStatus = {
  desk: {unit: string; device: string; to_decide: {mine: number; others: number}; hand_overs: {to_us: number; by_us: number; late: number; late_anywhere: number}}; // of the centre's own officials; `late_anywhere` of all units
  erasures: {orders: number; open: number; late: number}; // orders to erase; `open`: not obeyed everywhere
  to_admit: {handed_in: number; fork_sides: number}; // what waits for an administrator's word
  organisation: string;
  listen: string;
  links: number;
  devices: {approved: number; waiting: number; revoked: number};
  alerts: number;
  version: string;
};

export const centreEvents = ['devices', 'users', 'erasures', 'arrived', 'applied', 'calendar', 'ready', 'resync'] as const;

/** Why a row is not green; `well` when it is. */
export type Cause = Exclude<Alert, 'none'> | 'waiting' | 'revoked' | 'quarantined' | 'silent' | 'well';

export function causeOf(device: Device): Cause {
  if (device.alert !== 'none') return device.alert;
  if (device.standing !== 'approved') return device.standing;
  if (device.quarantined > 0) return 'quarantined';
  return device.last_contact_at === '' ? 'silent' : 'well';
}

/** Rows that ask for somebody's act come first; the daemon has sorted them by how bad they are. */
export function worstFirst(devices: readonly Device[]): Device[] {
  const weight: Partial<Record<Cause, number>> = {waiting: 0, well: 3, revoked: 4};
  return [...devices].sort((one, two) => (weight[causeOf(one)] ?? 1) - (weight[causeOf(two)] ?? 1));
}
