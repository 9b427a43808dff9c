import type {ComponentChildren} from 'preact';
import {useId, useState} from 'preact/hooks';
import {newKey, type Trouble, write} from '../common/api';
import {type Dossier, dossierPath, type HistoryEntry, type InboxEntry, type Said} from '../common/dossier';
import {useRead} from '../common/live';
import {TextField} from '../common/parts/field';
import {Heading} from '../common/parts/heading';
import {Icon} from '../common/parts/icon';
import {Pager, usePages} from '../common/parts/pager';
import {Entered, TroubleSaid} from '../common/parts/said';
import {href} from '../common/route';
import {useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {committed} from '../common/text';
import {clock, parseTime} from '../common/time';
import {Decided} from './decided';
import {LeaveDialog, Left, leftBy} from './leave';
import {signed} from './people';
import type {WardStatus} from './ward';

/** What stood there before the quarrel: the last that any side replaced. */
function before(conflict: InboxEntry, history: readonly HistoryEntry[]): HistoryEntry | undefined {
  const sides = new Set(conflict.values.map((value) => value.op));
  const gone = new Set(history.filter((entry) => sides.has(entry.op)).flatMap((entry) => entry.replaced));
  return history.filter((entry) => gone.has(entry.op)).pop();
}

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

/** What a side says: a value, or that the element should go or stay. */
function useSaidWords(conflict: InboxEntry): (said: Said) => string {
  const t = useTexts();
  const names = useNames();
  return (said) => {
    if (said.kind === 'remove') return t.inbox.removed;
    if (conflict.kind === 'removed_but_edited') return t.inbox.stays;
    return names.value(conflict.field, said.value) || t.inbox.empty;
  };
}

function Who({said, here}: {said: Said; here: boolean}) {
  const t = useTexts();
  const names = useNames();
  return (
    <span class="hint">
      <strong>{here ? t.inbox.here : t.inbox.there}</strong> · <Entered text={said.by} /> · {names.unit(said.unit)} · {t.history.device(said.device.slice(0, 8))} ·{' '}
      {clock(parseTime(said.at))}
      {!said.clock_good && ` · ${t.inbox.clockBad}`}
      {said.why && (
        <>
          {' '}
          · {t.history.why} <Entered text={said.why} />
        </>
      )}
    </span>
  );
}

const another = '#another';

type Decision = {choice: string; value: string; why: string};

/** Before / here / there of one field; nothing is chosen beforehand. */
function Sides({conflict, device, history, decision, onDecide}: {conflict: InboxEntry; device: string; history: readonly HistoryEntry[]; decision: Decision;
                                                                 onDecide: (part: Partial<Decision>) => void}) {
  const t = useTexts();
  const names = useNames();
  const words = useSaidWords(conflict);
  const group = useId();
  const earlier = before(conflict, history);
  const option = (choice: string, label: ComponentChildren) => (
    <label key={choice} class="side">
      <input type="radio" name={group} checked={decision.choice === choice} onChange={() => onDecide({choice})} />
      <span>{label}</span>
    </label>
  );
  return (
    <fieldset>
      <legend>{names.field(conflict.field)}</legend>
      <p class="side before">
        <span class="value">{earlier ? <Entered text={names.value(conflict.field, earlier.value) || t.inbox.empty} /> : t.inbox.nothingBefore}</span>
        <span class="hint">
          <strong>{t.inbox.before}</strong>
          {earlier && (
            <>
              {' '}
              · <Entered text={earlier.by} /> · {clock(parseTime(earlier.at))}
            </>
          )}
        </span>
      </p>
      {conflict.values.map((said, index) =>
        option(
          letter(index),
          <>
            <span class="value">
              <Entered text={words(said)} />
            </span>
            <Who said={said} here={said.device === device} />
          </>,
        ),
      )}
      {conflict.kind === 'choose_value' && option(another, <span class="value">{t.inbox.another}</span>)}
      {decision.choice === another && <TextField label={t.inbox.otherValue} value={decision.value} onChange={(next) => onDecide({value: next})} />}
    </fieldset>
  );
}

function Card({conflict, device}: {conflict: InboxEntry; device: string}) {
  const t = useTexts();
  const names = useNames();
  const words = useSaidWords(conflict);
  const [decision, setDecision] = useState<Decision>({choice: '', value: '', why: ''});
  const [key] = useState(newKey());
  const [trouble, setTrouble] = useState<Trouble>();
  const [sending, setSending] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const history = useRead<{history: HistoryEntry[]}>(`${dossierPath(conflict.dossier_id)}/history`).value?.history ?? [];
  const left = leftBy(conflict, history);
  const chosen = conflict.values[decision.choice.charCodeAt(0) - 65];
  const own = decision.choice === another;
  const result = own ? committed(decision.value) : chosen && words(chosen);
  const ready = result !== undefined && decision.choice !== '' && (!own || committed(decision.why) !== '');
  const send = async (): Promise<void> => {
    setSending(true);
    const body = {...(own ? {set: {[conflict.field]: result}} : {keep: decision.choice}), ...(committed(decision.why) ? {why: committed(decision.why)} : {})};
    const answer = await write(signed(`/v1/inbox/${conflict.id}/resolutions`), body, key);
    setSending(false);
    if (!answer.ok) setTrouble(answer.trouble);
  };
  return (
    <article class="card">
      <h2>
        <a href={href('dossiers', conflict.dossier_id)}>{conflict.dossier ? <Entered text={conflict.dossier} /> : t.list.noCode}</a> · {t.inbox.kinds[conflict.kind]}
      </h2>
      {left && <Left conflict={conflict} left={left} />}
      <Sides conflict={conflict} device={device} history={history} decision={decision} onDecide={(part) => setDecision({...decision, ...part})} />
      <TextField label={own ? t.inbox.whyNeeded : t.inbox.why} value={decision.why} onChange={(why) => setDecision({...decision, why})} required={own} />
      <p class="preview" role="status">
        {ready ? (
          <>
            <Icon name="check" /> {t.inbox.preview} {names.field(conflict.field)} = <strong><Entered text={result || t.inbox.empty} /></strong>. {t.inbox.othersStay}
          </>
        ) : (
          t.inbox.chooseFirst
        )}
      </p>
      {trouble && <TroubleSaid trouble={trouble} />}
      <div class="buttons">
        <button type="button" class="primary" disabled={!ready || sending} onClick={() => void send()}>
          {t.inbox.confirm}
        </button>
        <button type="button" onClick={() => setLeaving(true)}>
          {t.leave.open}
        </button>
      </div>
      {leaving && <LeaveDialog conflict={conflict} onClose={() => setLeaving(false)} />}
    </article>
  );
}

const pageSize = 20; // dossiers

type InboxPage = {conflicts: InboxEntry[]; next: string};

/** The questions of one dossier, or of all of them. */
function useConflicts(only: string | undefined) {
  const one = useRead<Dossier>(only === undefined ? undefined : dossierPath(only));
  const all = usePages<InboxPage>('/v1/inbox', pageSize, (page) => page.conflicts.length);
  if (only === undefined) return {conflicts: all.value?.conflicts, trouble: all.trouble, paging: all.paging};
  const {value: dossier, trouble} = one;
  const named = dossier && {dossier: dossier.code, dossier_id: dossier.id, version: dossier.version};
  return {conflicts: named && dossier.conflicts.map((conflict): InboxEntry => ({...conflict, ...named})), trouble, paging: undefined};
}

/** What only a person can decide. `only`: of one dossier. */
export function Inbox({status, only}: {status: WardStatus | undefined; only: string | undefined}) {
  const t = useTexts();
  const {conflicts: shown, trouble, paging} = useConflicts(only);
  return (
    <>
      <Heading>{t.nav.inbox}</Heading>
      <p>{t.inbox.explain}</p>
      {only !== undefined && (
        <p>
          <a href={href('inbox')}>{t.inbox.all}</a>
        </p>
      )}
      {trouble && <TroubleSaid trouble={trouble} />}
      {shown?.length === 0 && <p role="status">{t.inbox.none}</p>}
      {shown?.map((conflict) => (
        <Card key={conflict.id} conflict={conflict} device={status?.device ?? ''} />
      ))}
      {paging && <Pager paging={paging} label={t.nav.inbox} />}
      {only === undefined && <Decided />}
    </>
  );
}
