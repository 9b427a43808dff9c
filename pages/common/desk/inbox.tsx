import type {ComponentChildren} from 'preact';
import {useId, useState} from 'preact/hooks';
import {type Dossier, dossierPath, type HistoryEntry, type Said} from '../dossier';
import {type Reading, useRead} from '../live';
import {ActSaid, type Body, useAct} from '../parts/act';
import {TextField} from '../parts/field';
import {Heading} from '../parts/heading';
import {Pager, type Paging, usePages} from '../parts/pager';
import {Entered, TroubleSaid} from '../parts/said';
import {SharedCodes, type TellApart} from '../parts/shared_codes';
import {href} from '../route';
import {useNames} from '../schema';
import {useLanguage, useTexts} from '../settings';
import {committed} from '../text';
import {clock, parseTime} from '../time';
import {Changes} from './changes';
import {Decided} from './decided';
import {Duplicates} from './duplicates';
import {LeaveDialog, Left, leftBy} from './leave';
import type {Here, Item, Side, WholeItem} from './model';
import {signed, useWriter} from './people';
import {saidText} from './said_text';
import {SetAsideShown} from './set_aside';

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

/** What a side says: a value, or that the element should go or stay. */
function useSaidWords(item: WholeItem): (said: Said) => string {
  const t = useTexts();
  const names = useNames();
  return (said) => {
    if (item.kind === 'removed_but_edited' && said.kind !== 'remove') return t.inbox.stays;
    return saidText(said, names, t);
  };
}

/** Who, where, when; what he had before the eyes; what else he did. */
function Who({side, here}: {side: Side; here: boolean}) {
  const t = useTexts();
  const names = useNames();
  return (
    <span class="hint">
      <strong>{here ? t.inbox.here : t.inbox.there}</strong> · <Entered text={side.by} /> · {names.unit(side.unit)} · {t.history.device(side.device.slice(0, 8))} ·{' '}
      {clock(parseTime(side.at))}
      {!side.clock_good && ` · ${t.inbox.clockBad}`}
      {side.why && (
        <>
          {' '}
          · {t.history.why} <Entered text={side.why} />
        </>
      )}
      {side.seen.map((seen) => (
        <span key={seen.op} class="fact">
          {t.inbox.hadSeen} <Entered text={names.value(seen.field, seen.value) || t.inbox.empty} /> (<Entered text={seen.by} />, {clock(parseTime(seen.at))})
        </span>
      ))}
      {side.same_act.map((other, index) => (
        <span key={index} class="fact">
          {t.inbox.sameAct} {names.field(other.field)} = <Entered text={names.value(other.field, other.value) || t.inbox.empty} />
        </span>
      ))}
    </span>
  );
}

const another = '#another';

type Decision = {choice: string; value: string; why: string; all: boolean};

/** The decision as the daemon takes it; nothing as long as nothing is chosen. */
function bodyOf(item: WholeItem, decision: Decision): Body | undefined {
  if (decision.choice === '') return undefined;
  if (decision.choice === another) return {set: {[item.field]: committed(decision.value)}};
  if (decision.choice === 'dismiss' || decision.choice === 'approve') return {[decision.choice]: true};
  return {keep: decision.choice};
}

/** Before, and what each said; nothing is chosen beforehand. */
function Sides({item, here, decision, onDecide}: {item: WholeItem; here: Here; decision: Decision; onDecide: (part: Partial<Decision>) => void}) {
  const t = useTexts();
  const names = useNames();
  const words = useSaidWords(item);
  const group = useId();
  const can = new Set(item.mine ? item.actions : []);
  const option = (choice: string, label: ComponentChildren): ComponentChildren => (
    <label key={choice} class="side">
      <input type="radio" name={group} checked={decision.choice === choice} onChange={() => onDecide({choice})} />
      <span>{label}</span>
    </label>
  );
  const side = (value: Side): ComponentChildren => (
    <>
      <span class="value">
        <Entered text={words(value)} />
      </span>
      <Who side={value} here={value.device === here.device} />
    </>
  );
  return (
    <fieldset>
      <legend>{names.field(item.field)}</legend>
      <p class="side before">
        <span class="value">{item.before ? <Entered text={names.value(item.before.field, item.before.value) || t.inbox.empty} /> : t.inbox.nothingBefore}</span>
        <span class="hint">
          <strong>{t.inbox.before}</strong>
          {item.before && (
            <>
              {' '}
              · <Entered text={item.before.by} /> · {clock(parseTime(item.before.at))}
            </>
          )}
        </span>
      </p>
      {item.values.map((value, index) =>
        can.has('keep') ? (
          option(letter(index), side(value))
        ) : (
          <p key={value.op} class="side">
            {side(value)}
          </p>
        ),
      )}
      {can.has('set') && option(another, <span class="value">{t.inbox.another}</span>)}
      {decision.choice === another && <TextField label={t.inbox.otherValue} value={decision.value} onChange={(next) => onDecide({value: next})} />}
      {can.has('approve') && option('approve', <span class="value">{t.inbox.approve}</span>)}
      {can.has('dismiss') && option('dismiss', <span class="value">{item.kind === 'proposal' ? t.inbox.dismissProposal : t.inbox.dismiss}</span>)}
    </fieldset>
  );
}

/** For whom it is, to whom it has gone up, what waits for it. */
function ForWhom({item}: {item: WholeItem}) {
  const t = useTexts();
  const names = useNames();
  const language = useLanguage();
  return (
    <p class="hint">
      {t.inbox.forWhom} {item.decider.words?.[language] ?? item.decider.role}
      {item.decider.user && (
        <>
          {' '}
          (<Entered text={item.decider.user} />)
        </>
      )}
      {' · '}
      {names.unit(item.unit)} · <strong class={item.level === 'decider' ? undefined : 'warning'}>{t.inbox.levels[item.level]}</strong>
      {item.goes_up_at && ` ${t.inbox.goesUp(clock(parseTime(item.goes_up_at)))}`}
      {item.blocks.length > 0 && ` · ${t.inbox.blocks(item.blocks.map((code) => names.status(code)).join(', '))}`}
    </p>
  );
}

function Whole({item, here}: {item: WholeItem; here: Here}) {
  const t = useTexts();
  const language = useLanguage();
  const [decision, setDecision] = useState<Decision>({choice: '', value: '', why: '', all: false});
  const [signs, setSigns] = useState(false);
  const act = useAct({path: signed(`/v1/inbox/${item.id}/resolutions`), signs});
  const [leaving, setLeaving] = useState(false);
  const history = useRead<{history: HistoryEntry[]}>(`${dossierPath(item.dossier_id)}/history`).value?.history ?? [];
  const left = leftBy(item, history);
  const body = bodyOf(item, decision);
  const ready = item.mine && body !== undefined && committed(decision.why) !== '';
  const many = item.alike.length;
  const decide = (part: Partial<Decision>): void => setDecision({...decision, ...part});
  const send = (): void => act.go({...body, why: committed(decision.why), ...(decision.all ? {same: many} : {})});
  return (
    <>
      <p>{item.todo[language]}</p>
      <ForWhom item={item} />
      {left && <Left item={item} left={left} />}
      <Sides item={item} here={here} decision={decision} onDecide={decide} />
      {item.mine && <TextField label={t.inbox.why} value={decision.why} onChange={(why) => decide({why})} required />}
      {many > 1 && item.mine && (
        <label class="tick">
          <input type="checkbox" checked={decision.all} onChange={(event) => decide({all: event.currentTarget.checked})} /> {t.inbox.alike(many)}
        </label>
      )}
      {item.mine ? <Changes item={item.id} body={body} onSigns={setSigns} /> : <p class="preview">{t.inbox.notForYou}</p>}
      <ActSaid act={act} />
      <div class="buttons">
        {item.mine && (
          <button type="button" class="primary" disabled={!ready || !act.ready} onClick={send}>
            {t.inbox.confirm}
          </button>
        )}
        {(item.mine || item.unit === here.unit) && (
          <button type="button" onClick={() => setLeaving(true)}>
            {t.leave.open}
          </button>
        )}
      </div>
      {leaving && <LeaveDialog item={item} onClose={() => setLeaving(false)} />}
    </>
  );
}

/** What is known of an item before it is read as a whole. */
type Head = Pick<Item, 'id' | 'dossier' | 'dossier_id' | 'words'>;

/** Between two readings it may have been decided: then it is gone from the list, too. */
function Card({head, here}: {head: Head; here: Here}) {
  const t = useTexts();
  const language = useLanguage();
  const {value, trouble} = useRead<WholeItem>(signed(`/v1/inbox/${head.id}`));
  return (
    <article class="card">
      <h2>
        <a href={href('dossiers', head.dossier_id)}>{head.dossier ? <Entered text={head.dossier} /> : t.list.noCode}</a> · {head.words[language]}
      </h2>
      {trouble && trouble.name !== 'not_found' && <TroubleSaid trouble={trouble} />}
      {value && <Whole item={value} here={here} />}
    </article>
  );
}

const pageSize = 20; // dossiers

type InboxPage = {conflicts: Item[]; proposals: Item[]; not_applied: Item[]; next: string};

function itemsOf(page: InboxPage): Item[] {
  return [...page.conflicts, ...page.proposals, ...page.not_applied];
}

function headsOf(dossier: Dossier): Head[] {
  const told = new Set(dossier.conflicts.flatMap((conflict) => conflict.values.map((value) => value.op)));
  const unapplied = [...dossier.proposals, ...dossier.not_applied.filter((one) => !told.has(one.op))];
  const all = [...dossier.conflicts, ...unapplied.map((one) => ({id: one.item, words: one.words}))];
  return all.map(({id, words}) => ({id, words, dossier: dossier.code, dossier_id: dossier.id}));
}

/** What waits in one dossier. */
function OfDossier({which, here}: {which: string; here: Here}) {
  const t = useTexts();
  const {value: dossier, trouble} = useRead<Dossier>(dossierPath(which));
  const heads = dossier && headsOf(dossier);
  return (
    <>
      <p>
        <a href={href('inbox')}>{t.inbox.all}</a>
      </p>
      {trouble && <TroubleSaid trouble={trouble} />}
      {heads?.length === 0 && <p role="status">{t.inbox.none}</p>}
      {heads?.map((head) => <Card key={head.id} head={head} here={here} />)}
    </>
  );
}

/** A page of what this person may decide, or of what others do. */
function useItems(whose: 'mine' | 'others', level: string): Reading<InboxPage> & {items: Item[]; paging: Paging} {
  const query = new URLSearchParams({for: whose, level});
  const reading = usePages<InboxPage>(signed(`/v1/inbox?${query}`), pageSize, (page) => itemsOf(page).length);
  return {...reading, items: reading.value ? itemsOf(reading.value) : []};
}

/** Apart, and not counted: nobody here can do anything about it. */
function Theirs({here, level}: {here: Here; level: string}) {
  const t = useTexts();
  const {items, paging} = useItems('others', level);
  if (items.length === 0 && !paging.back && !paging.forward) return null;
  return (
    <section aria-label={t.inbox.theirs}>
      <h2>{t.inbox.theirs}</h2>
      {items.map((item) => (
        <Card key={item.id} head={item} here={here} />
      ))}
      <Pager paging={paging} label={t.inbox.theirs} />
    </section>
  );
}

function OfAll({here, tellApart}: {here: Here; tellApart: TellApart | undefined}) {
  const t = useTexts();
  useWriter();
  const [level, setLevel] = useState('');
  const {value, trouble, items, paging} = useItems('mine', level);
  const levels = [['', t.inbox.anyLevel], ['leader', t.inbox.levels.leader], ['centre', t.inbox.levels.centre]] as const;
  return (
    <>
      <SetAsideShown />
      <div class="tools">
        <label>
          {t.inbox.level}{' '}
          <select value={level} onChange={(event) => setLevel(event.currentTarget.value)}>
            {levels.map(([code, text]) => (
              <option key={code} value={code}>
                {text}
              </option>
            ))}
          </select>
        </label>
      </div>
      {trouble && <TroubleSaid trouble={trouble} />}
      {value && items.length === 0 && <p role="status">{paging.forward ? t.inbox.noneHere : t.inbox.none}</p>}
      {items.map((item) => (
        <Card key={item.id} head={item} here={here} />
      ))}
      <Pager paging={paging} label={t.nav.inbox} />
      <SharedCodes tellApart={tellApart} />
      <Theirs here={here} level={level} />
      <Duplicates />
      <Decided />
    </>
  );
}

/** What only a person can decide. `only`: of one dossier. `tellApart`: what can be done here with one that shares its code. */
export function Inbox({here, only, tellApart}: {here: Here; only: string | undefined; tellApart?: TellApart}) {
  const t = useTexts();
  return (
    <>
      <Heading>{t.nav.inbox}</Heading>
      <p>{t.inbox.explain}</p>
      {only === undefined ? <OfAll here={here} tellApart={tellApart} /> : <OfDossier which={only} here={here} />}
    </>
  );
}
