/** What both daemons tell of a dossier's time. */

export type Deadline = {
  class: 'overdue' | 'today' | 'soon' | 'later' | 'waiting' | 'none' | 'ended';
  clock: 'running' | 'waiting' | 'none' | 'ended';
  due: string;
  days_left: number | null;
  judgement: 'none' | 'early' | 'on_time' | 'late' | 'open_good' | 'open_late';
  day_off: boolean;
  certain: boolean;
};

/** The lists that a desk works by, and how the API is asked for each. */
export const deadlineLists = ['overdue', 'today', 'soon', 'supplement', 'payment'] as const;
export type DeadlineList = (typeof deadlineLists)[number];
export type DeadlineCounts = Record<DeadlineList, number> & {calendar: {decided_through: string; enough: boolean}};

export const deadlineQueries: Record<DeadlineList, Record<string, string>> = {
  overdue: {due: 'overdue'},
  today: {due: 'today'},
  soon: {due: 'soon'},
  supplement: {due: 'waiting', status: '5'},
  payment: {status: '6'},
};

export function isDeadlineList(kind: string): kind is DeadlineList {
  return (deadlineLists as readonly string[]).includes(kind);
}
