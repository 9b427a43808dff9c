/** What the ward's daemon tells of itself; agent/README.md has the contract. */

export type LinkState = 'connecting' | 'open' | 'waiting' | 'waiting_for_approval' | 'revoked' | 'paused';

export type WardStatus = {
  device: string;
  unit: string;
  organisation: string;
  centre: string;
  approval: 'waiting' | 'approved' | 'revoked';
  link: {state: LinkState; since: string; rtt_ms: number | null; last_error: string; last_error_at?: string; next_try_at?: string};
  queue: {records: number; bytes: number; oldest_at: string};
  receipted: {through: number; at: string};
  exposure: {dossiers: number; oldest_at: string};
  today: string; // yyyy-MM-dd
  dossiers: number;
  codes: {official: boolean; why: string | null; identification: string; left_today: number; given_today: number; until: string; provisional: number; shared: number};
  to_decide: {mine: number; others: number}; // by whoever asks, or by others
  set_aside: number; // changes that were saved and do not count
  hand_overs: {to_us: number; by_us: number; late: number}; // dossiers on their way
  refused_segments: number;
  quarantined: number;
  clock: {offset_ms: number; trusted: boolean};
  disk: {free_bytes: number};
  alarm: string;
  version: string;
};

export const wardEvents = ['saved', 'receipted', 'applied', 'arrived', 'conflict', 'link', 'health', 'ready', 'resync'] as const;

/** Nothing went out for so long although there was work: somebody must look. */
export const stuckAfterMs = 10 * 60_000;
/** Less room than this is said. */
export const diskFreeMin = 200 * 1024 * 1024;

/** `io: connection refused` as the fault's name. */
export function faultOf(error: string): string {
  return error.split(':', 1)[0] ?? '';
}
