import type {DossierState} from '../common/dossier';
import {useNow} from '../common/live';
import {Icon, type IconName} from '../common/parts/icon';
import {href} from '../common/route';
import {useTexts} from '../common/settings';
import {age, clock, parseTime} from '../common/time';
import type {Texts} from '../common/texts/vi';
import {faultOf, stuckAfterMs, type WardStatus} from './ward';

/** The state of a dossier, of the link and of what is at stake, in words. */

export type Shown = 'on_this_pc' | 'sending' | 'stuck' | 'at_centre' | 'applied' | 'needs_you';
const icons: Record<Shown, IconName> = {on_this_pc: 'pc', sending: 'up', stuck: 'question', at_centre: 'building', applied: 'check', needs_you: 'person'};

/** What is saved here and not there is *sending* while the link is open, and *stuck* when nothing went out for ten minutes of that. */
export function shownState(state: DossierState, changedAt: string, status: WardStatus | undefined, now: Date): Shown {
  if (state !== 'on_this_pc' || !status || status.link.state !== 'open') return state;
  const since = Math.max(parseTime(status.link.since)?.getTime() ?? 0, parseTime(changedAt)?.getTime() ?? 0);
  return now.getTime() - since > stuckAfterMs ? 'stuck' : 'sending';
}

export function linkReason(status: WardStatus, t: Texts): string {
  const {link} = status;
  const fault = faultOf(link.last_error);
  const why = t.faults[fault as keyof typeof t.faults] ?? (fault ? t.faults.other : '');
  const next = parseTime(link.next_try_at);
  return [why, next ? t.link.nextTry(clock(next)) : ''].filter(Boolean).join(' ');
}

/** Of *needs you*: what it is that somebody must look at. */
function needReason(code: string | undefined, t: Texts): string {
  if (!code) return t.state.needs_you.why;
  return t.state.reasons[code as keyof typeof t.state.reasons] ?? t.state.reasons.refused;
}

type Standing = {state: DossierState; changedAt: string; reason?: string | undefined; conflicts: number; status: WardStatus | undefined; id: string};

export function StateWords(props: Standing) {
  const t = useTexts();
  const now = useNow();
  const shown = shownState(props.state, props.changedAt, props.status, now);
  const because = {on_this_pc: props.status ? linkReason(props.status, t) : '', needs_you: needReason(props.reason, t)};
  const reason = because[shown as keyof typeof because] || t.state[shown].why;
  return (
    <div class={`state ${shown}`}>
      <span class="words">
        <Icon name={icons[shown]} />
        {t.state[shown].name}
      </span>
      {props.changedAt && <span class="when">{clock(parseTime(props.changedAt), now)}</span>}
      {reason && <p>{reason}</p>}
      {shown === 'needs_you' && props.conflicts > 0 && <a href={href('inbox', props.id)}>{t.state.decide(props.conflicts)}</a>}
    </div>
  );
}

const linkIcons: Record<WardStatus['link']['state'], IconName> = {
  connecting: 'link', open: 'link', waiting: 'cut', waiting_for_approval: 'clock', revoked: 'stop', paused: 'pause',
};

export function LinkWords({status}: {status: WardStatus}) {
  const t = useTexts();
  const {link} = status;
  const calm = link.state === 'open' || link.state === 'connecting';
  return (
    <p class={calm ? 'chip' : 'chip warn'}>
      <Icon name={linkIcons[link.state]} />
      <span>
        <strong>{t.link[link.state]}</strong> {link.state === 'open' ? t.link.since(clock(parseTime(link.since))) : linkReason(status, t)}
      </span>
    </p>
  );
}

/** What would be lost if this PC broke now. */
export function Exposure({status}: {status: WardStatus}) {
  const t = useTexts();
  const now = useNow();
  const {dossiers, oldest_at} = status.exposure;
  const oldest = parseTime(oldest_at);
  const words = oldest ? t.age(age(now.getTime() - oldest.getTime())) : '';
  return (
    <p class={dossiers > 0 ? 'chip exposure' : 'chip'}>
      <Icon name="shield" />
      <span>{dossiers > 0 ? <a href={href('outbox')}>{t.exposure.lost(dossiers, words)}</a> : t.exposure.nothing}</span>
    </p>
  );
}
