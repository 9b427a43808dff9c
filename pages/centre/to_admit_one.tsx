import type {ComponentChildren} from 'preact';
import {useState} from 'preact/hooks';
import {saidText} from '../common/desk/said_text';
import {ActDialog} from '../common/parts/act';
import {TextField} from '../common/parts/field';
import {Heading} from '../common/parts/heading';
import {Icon} from '../common/parts/icon';
import {Banner, Entered, TroubleSaid} from '../common/parts/said';
import {go, href} from '../common/route';
import {useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {committed} from '../common/text';
import {clock, parseTime} from '../common/time';
import {type Change, type Changes, type ForkLooked, type HandedInLooked, type Outcome, useLook} from './to_admit';
import {Pc} from './to_admit_list';

const back = (): void => go('to-admit');

/** One change as it stands: by whom, when, what. `cut`: when its PC was revoked. */
function ChangeShown({change, cut}: {change: Change; cut: Date | undefined}) {
  const t = useTexts();
  const names = useNames();
  const first = change.said[0];
  if (!first) return null;
  const at = parseTime(first.at);
  return (
    <li class="card">
      <p>
        <strong>{change.code ? <Entered text={change.code} /> : t.list.noCode}</strong> · {clock(at)} · <Entered text={first.by} />{' '}
        <span class="hint">
          {names.unit(first.unit)} · {t.history.device(first.device.slice(0, 8))}
        </span>
        {cut && at && at > cut && <span class="warning"> {t.toAdmit.afterCut}</span>}
      </p>
      {first.why && (
        <p>
          {t.history.why} <Entered text={first.why} />
        </p>
      )}
      <dl class="facts">
        {change.said.map((said) => (
          <div key={said.op}>
            <dt>{names.field(said.field)}</dt>
            <dd>
              <Entered text={saidText(said, names, t)} />
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function ChangesShown({of, cut}: {of: Changes; cut: Date | undefined}) {
  const t = useTexts().toAdmit;
  return (
    <>
      <ul class="acts">
        {of.changes.map((change) => (
          <ChangeShown key={change.said[0]?.op ?? change.id} change={change} cut={cut} />
        ))}
      </ul>
      {of.changes.length === 0 && <p>{t.noChanges}</p>}
      {of.grants > 0 && <p class="hint">{t.grants(of.grants)}</p>}
    </>
  );
}

/** What the admission would make of a dossier, as the daemon has tried it. */
function OutcomeShown({outcome}: {outcome: Outcome}) {
  const t = useTexts();
  const names = useNames();
  const shown = (field: string, value: unknown): string => (value === null ? '' : names.value(field, value)) || t.inbox.empty;
  const counts = [
    outcome.proposals !== 0 && t.toAdmit.proposals(outcome.proposals),
    outcome.not_applied > 0 && t.toAdmit.notApplied(outcome.not_applied),
    outcome.conflicts > 0 && t.toAdmit.conflicts(outcome.conflicts),
    outcome.waiting < 0 && t.toAdmit.waitNoLonger(-outcome.waiting),
    outcome.waiting > 0 && t.toAdmit.wait(outcome.waiting),
  ].filter(Boolean);
  return (
    <li>
      <strong>{outcome.code ? <Entered text={outcome.code} /> : t.list.noCode}</strong> <span class="hint">{[outcome.new && t.toAdmit.newDossier, names.unit(outcome.unit), ...counts].filter(Boolean).join(' · ')}</span>
      <ul>
        {outcome.changes.map((change) => (
          <li key={change.field}>
            {names.field(change.field)}: <Entered text={shown(change.field, change.before)} /> →{' '}
            <strong>
              <Entered text={shown(change.field, change.after)} />
            </strong>
          </li>
        ))}
      </ul>
    </li>
  );
}

function OutcomesShown({outcomes}: {outcomes: readonly Outcome[]}) {
  const t = useTexts().toAdmit;
  return (
    <section class="preview">
      <h2>{t.outcome}</h2>
      <ul>
        {outcomes.map((outcome) => (
          <OutcomeShown key={outcome.id} outcome={outcome} />
        ))}
      </ul>
      {outcomes.length === 0 && <p>{t.nothingChanges}</p>}
    </section>
  );
}

function Cut({revoked}: {revoked: {at: string; reason: string} | null}) {
  const t = useTexts().toAdmit;
  if (!revoked) return null;
  return (
    <p>
      {t.cut(clock(parseTime(revoked.at)))} <Entered text={revoked.reason} />
    </p>
  );
}

type Asking = 'admit' | 'reject';

function Decide({asking, path, body, explain, onClose}: {asking: Asking; path: string; body: Record<string, unknown>; explain: ComponentChildren; onClose: () => void}) {
  const t = useTexts().toAdmit;
  const [reason, setReason] = useState('');
  const words = t.ways[asking];
  const whole = committed(reason) === '' ? undefined : {...body, reason: committed(reason)};
  return (
    <ActDialog title={words.title} path={path} body={whole} confirm={words.confirm} danger={asking === 'reject'} onDone={back} onClose={onClose}>
      <p>{explain}</p>
      <TextField label={t.reason} hint={t.reasonHint} value={reason} onChange={setReason} required lines={2} name="reason" />
    </ActDialog>
  );
}

/** Why it cannot be admitted as it is. */
function useObstacle(line: HandedInLooked): string {
  const t = useTexts().toAdmit;
  if (line.unread > 0) return t.unread(line.unread);
  if (line.more > 0) return t.more(line.more);
  return line.obstacle === null ? '' : t.obstacle;
}

function HandedInBody({line, until, again}: {line: HandedInLooked; until: string; again: () => void}) {
  const t = useTexts().toAdmit;
  const [asking, setAsking] = useState<Asking>();
  const obstacle = useObstacle(line);
  const cut = parseTime(line.revoked?.at ?? '');
  const base = `/v1/handed-in/${line.id}`;
  const admission = {head: line.head, in_full: line.in_full, ...(until ? {until: Number(until)} : {})};
  return (
    <>
      {obstacle && (
        <Banner kind="warn" icon="stop">
          <strong>{obstacle}</strong>
          {line.obstacle && (
            <p class="hint" lang="en">
              <Entered text={line.obstacle} />
            </p>
          )}
        </Banner>
      )}
      <h2>{t.written}</h2>
      <ChangesShown of={line} cut={cut} />
      {!obstacle && <OutcomesShown outcomes={line.dossiers} />}
      <div class="buttons">
        <button type="button" onClick={again}>
          {t.again}
        </button>
        <button type="button" class="danger" onClick={() => setAsking('reject')}>
          {t.ways.reject.open}
        </button>
        <button type="button" class="primary" disabled={obstacle !== ''} onClick={() => setAsking('admit')}>
          {t.ways.admit.open}
        </button>
      </div>
      {asking === 'admit' && <Decide asking="admit" path={`${base}/admission`} body={admission} explain={line.in_full ? t.inFullExplain : t.asProposalsExplain} onClose={() => setAsking(undefined)} />}
      {asking === 'reject' && <Decide asking="reject" path={`${base}/rejection`} body={{head: line.head, ...(until ? {until: Number(until)} : {})}} explain={t.rejectExplain} onClose={() => setAsking(undefined)} />}
    </>
  );
}

/** What one start of a revoked PC's program had written before it knew. */
export function HandedInOne({id}: {id: string}) {
  const t = useTexts().toAdmit;
  const [inFull, setInFull] = useState(false);
  const [until, setUntil] = useState('');
  const number = /^[1-9]\d*$/.test(until.trim()) ? until.trim() : '';
  const query = new URLSearchParams({in_full: String(inFull), ...(number ? {until: number} : {})});
  const {value: line, trouble, again} = useLook<HandedInLooked>(`/v1/handed-in/${encodeURIComponent(id)}?${query}`);
  const way = (full: boolean, label: string): ComponentChildren => (
    <label class="side">
      <input type="radio" name="in_full" checked={inFull === full} onChange={() => setInFull(full)} /> <span>{label}</span>
    </label>
  );
  return (
    <>
      <p>
        <a href={href('to-admit')}>{t.back}</a>
      </p>
      <Heading>{t.ofRevoked}</Heading>
      <p class="hint">{t.nobodyProves}</p>
      {line && (
        <>
          <p>
            <Pc of={line} />
          </p>
          <Cut revoked={line.revoked} />
          <p>
            {t.count(line.records)} <span class="hint">{t.numbers(line.first, line.end - 1)}</span>
          </p>
        </>
      )}
      <fieldset>
        <legend>{t.how}</legend>
        {way(false, t.asProposals)}
        {way(true, t.inFull)}
        <TextField label={t.until} hint={t.untilHint} value={until} onChange={setUntil} name="until" />
      </fieldset>
      {trouble && <TroubleSaid trouble={trouble} />}
      {line && <HandedInBody line={line} until={number} again={again} />}
      {!line && !trouble && <p role="status">{t.looking}</p>}
    </>
  );
}

/** One side of records with one number, and what it stands against. */
export function ForkOne({id}: {id: string}) {
  const t = useTexts().toAdmit;
  const [asking, setAsking] = useState(false);
  const {value: side, trouble, again} = useLook<ForkLooked>(`/v1/forks/${encodeURIComponent(id)}`);
  const cut = parseTime(side?.revoked?.at ?? '');
  return (
    <>
      <p>
        <a href={href('to-admit')}>{t.back}</a>
      </p>
      <Heading>{t.forks}</Heading>
      <p class="hint">{t.forksExplain}</p>
      {trouble && <TroubleSaid trouble={trouble} />}
      {!side && !trouble && <p role="status">{t.looking}</p>}
      {side && (
        <>
          <p>
            <Pc of={side} />
          </p>
          <Cut revoked={side.revoked} />
          <section aria-labelledby="this-side">
            <h2 id="this-side">
              <Icon name="check" /> {t.thisSide} <span class="hint">{`${clock(parseTime(side.came_at))}, ${side.came_first ? t.cameFirst : t.cameLater}`}</span>
            </h2>
            <ChangesShown of={side} cut={cut} />
          </section>
          <section aria-labelledby="set-aside">
            <h2 id="set-aside">
              <Icon name="stop" /> {t.setAside}
            </h2>
            <ChangesShown of={side.set_aside} cut={cut} />
          </section>
          {side.waiting > 0 && <p>{t.waitUntilThen(side.waiting)}</p>}
          <OutcomesShown outcomes={side.dossiers} />
          <div class="buttons">
            <button type="button" onClick={again}>
              {t.again}
            </button>
            <button type="button" class="primary" onClick={() => setAsking(true)}>
              {t.stands}
            </button>
          </div>
          {asking && <Decide asking="admit" path={`/v1/forks/${side.id}/admission`} body={{head: side.head}} explain={t.standsExplain} onClose={() => setAsking(false)} />}
        </>
      )}
    </>
  );
}
