/** Times as this city writes them: always +07:00, whatever the PC believes of its own zone. */

const zoneMs = 7 * 3_600_000;

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** The parts of a moment on a clock in Huế. */
function parts(at: Date): {year: number; month: string; day: string; hour: string; minute: string; second: string} {
  const local = new Date(at.getTime() + zoneMs);
  return {
    year: local.getUTCFullYear(),
    month: two(local.getUTCMonth() + 1),
    day: two(local.getUTCDate()),
    hour: two(local.getUTCHours()),
    minute: two(local.getUTCMinutes()),
    second: two(local.getUTCSeconds()),
  };
}

export function parseTime(iso: string | null | undefined): Date | undefined {
  const ms = iso ? Date.parse(iso) : NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms);
}

/** 12/08/2020 14:05: on paper no day is today. */
export function moment(at: Date | undefined): string {
  if (!at) return '';
  const {year, month, day, hour, minute} = parts(at);
  return `${day}/${month}/${year} ${hour}:${minute}`;
}

/** 14:05 today, else 12/08/2020 14:05. */
export function clock(at: Date | undefined, now = new Date()): string {
  if (!at) return '';
  const here = parts(at);
  const today = parts(now);
  const time = `${here.hour}:${here.minute}`;
  const sameDay = here.year === today.year && here.month === today.month && here.day === today.day;
  return sameDay ? time : moment(at);
}

/** yyyyMMddHHmmss, as dossiers store times. */
export function storedTime(at: Date): string {
  const {year, month, day, hour, minute, second} = parts(at);
  return `${year}${month}${day}${hour}${minute}${second}`;
}

/** dd/MM/yyyy of today. */
export function today(now = new Date()): string {
  const {year, month, day} = parts(now);
  return `${day}/${month}/${year}`;
}

/** What a dossier stores (yyyyMMddHHmmss, yyyy-MM-dd, yyyy) as people read it; anything else stays as it is. */
export function shownDate(stored: string): string {
  const time = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})\d{2}$/.exec(stored);
  if (time) return `${time[3]}/${time[2]}/${time[1]} ${time[4]}:${time[5]}`;
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(stored);
  return date ? `${date[3]}/${date[2]}/${date[1]}` : stored;
}

/** Whole minutes, hours or days between; the largest unit that is not zero. */
export function age(ms: number): {unit: 'seconds' | 'minutes' | 'hours' | 'days'; count: number} {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return {unit: 'seconds', count: seconds};
  if (seconds < 3600) return {unit: 'minutes', count: Math.floor(seconds / 60)};
  if (seconds < 86_400) return {unit: 'hours', count: Math.floor(seconds / 3600)};
  return {unit: 'days', count: Math.floor(seconds / 86_400)};
}
