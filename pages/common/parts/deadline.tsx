import {useRead} from '../live';
import {useTexts} from '../settings';
import {shownDate} from '../time';
import {type Deadline, type DeadlineCounts, type DeadlineList, deadlineLists} from '../deadline';
import {Icon, type IconName} from './icon';

/** How much time a dossier has: in words, with a picture, and only then in colour. */

type Look = 'overdue' | 'today' | 'soon' | 'later' | 'waiting' | 'none' | 'early' | 'on_time' | 'late' | 'ended';
const icons: Record<Look, IconName> = {
  overdue: 'late', today: 'clock', soon: 'clock', later: 'calendar', waiting: 'pause', none: 'none', early: 'check', on_time: 'check', late: 'late', ended: 'none',
};

function lookOf(deadline: Deadline): Look {
  if (deadline.class !== 'ended') return deadline.class;
  const {judgement} = deadline;
  return judgement === 'early' || judgement === 'on_time' || judgement === 'late' ? judgement : 'ended';
}

export function DeadlineWords({deadline}: {deadline: Deadline}) {
  const t = useTexts().deadline;
  const look = lookOf(deadline);
  const words = t.words(look, deadline.days_left);
  const more = [
    deadline.judgement === 'open_late' && look !== 'overdue' ? t.countsAsLate : '',
    deadline.day_off ? t.dayOff : '',
    deadline.certain ? '' : t.uncertain,
  ].filter(Boolean);
  if (!words && more.length === 0) return null;
  return (
    <span class={`deadline ${look}`}>
      {words && (
        <span class="words">
          <Icon name={icons[look]} />
          {words}
        </span>
      )}
      {more.map((one) => (
        <span key={one} class="hint">
          {one}
        </span>
      ))}
    </span>
  );
}

const chipIcons: Record<DeadlineList, IconName> = {overdue: 'late', today: 'clock', soon: 'clock', supplement: 'pause', payment: 'pause'};

/** How long each list by deadline is; a second press shows everything again. */
export function DeadlineChips({chosen, onChoose}: {chosen: string; onChoose: (list: DeadlineList | '') => void}) {
  const t = useTexts().deadline;
  const {value: counts} = useRead<DeadlineCounts>('/v1/deadlines');
  if (!counts) return null;
  return (
    <>
      {!counts.calendar.enough && (
        <p class="hint">
          <Icon name="calendar" /> {t.calendarEnds(shownDate(counts.calendar.decided_through))}
        </p>
      )}
      <div class="chips" role="group" aria-label={t.title}>
        {deadlineLists.map((list) => (
          <button key={list} type="button" class={`small deadline ${counts[list] > 0 ? list : ''}`} aria-pressed={chosen === list} onClick={() => onChoose(chosen === list ? '' : list)}>
            <Icon name={chipIcons[list]} />
            {t.lists[list]} <span class="count">{counts[list]}</span>
          </button>
        ))}
      </div>
    </>
  );
}
