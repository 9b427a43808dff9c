import type {Said} from '../dossier';
import {useRead} from '../live';
import {Banner, Entered} from '../parts/said';
import {href} from '../route';
import {useNames} from '../schema';
import {useLanguage, useTexts} from '../settings';
import {clock, parseTime} from '../time';
import type {Words} from './model';
import {saidText} from './said_text';

type SetAside = {dossier: string; dossier_id: string; reason: string; detail: string; since: string; said: Said[]; words: Words; todo: Words};
type CutOff = {device: string; label: string; at: string; reason: string; let_in: {at: string; records: number; in_full: boolean; reason: string}[]; words: Words; todo: Words};
type Answer = {set_aside: SetAside[]; cut_off: CutOff[]};

function useSetAside(): Answer {
  return useRead<Answer>('/v1/set-aside').value ?? {set_aside: [], cut_off: []};
}

/** Which act, by whom, why it does not count, what to do. */
function One({one, named}: {one: SetAside; named: boolean}) {
  const t = useTexts();
  const names = useNames();
  const language = useLanguage();
  const first = one.said[0];
  return (
    <li>
      {named && (
        <>
          <a href={href('dossiers', one.dossier_id)}>{one.dossier ? <Entered text={one.dossier} /> : t.list.noCode}</a> ·{' '}
        </>
      )}
      <strong>{one.words[language]}</strong> <span class="hint">{clock(parseTime(one.since))}</span>
      {one.detail && (
        <p>
          {t.history.why} <Entered text={one.reason === 'refused' ? (t.faults[one.detail as keyof typeof t.faults] ?? one.detail) : one.detail} />
        </p>
      )}
      {one.said.map((said) => (
        <p key={said.op}>
          {names.field(said.field)}: <Entered text={saidText(said, names, t)} />
        </p>
      ))}
      {first && (
        <p class="hint">
          <Entered text={first.by} /> · {names.unit(first.unit)} · {t.history.device(first.device.slice(0, 8))} · {clock(parseTime(first.at))}
        </p>
      )}
      <p>{one.todo[language]}</p>
    </li>
  );
}

function Cut({pc}: {pc: CutOff}) {
  const t = useTexts();
  const language = useLanguage();
  return (
    <li>
      <strong>
        <Entered text={pc.label || pc.device.slice(0, 8)} />
      </strong>{' '}
      · {pc.words[language]} <span class="hint">{clock(parseTime(pc.at))}</span>
      <p>
        {t.history.why} <Entered text={pc.reason} />
      </p>
      {pc.let_in.map((one) => (
        <p key={one.at}>
          {t.setAside.letIn(one.records, one.in_full, clock(parseTime(one.at)))} <Entered text={one.reason} />
        </p>
      ))}
      <p>{pc.todo[language]}</p>
    </li>
  );
}

/** Of all dossiers, and of PCs of this unit that were revoked; nothing where there is none. */
export function SetAsideShown() {
  const t = useTexts();
  const {set_aside, cut_off} = useSetAside();
  if (set_aside.length + cut_off.length === 0) return null;
  return (
    <section class="card" aria-labelledby="set-aside-title">
      <h2 id="set-aside-title">{t.setAside.title(set_aside.length)}</h2>
      <p>{t.setAside.explain}</p>
      <ul class="acts">
        {set_aside.map((one, index) => (
          <One key={`${one.said[0]?.op}/${index}`} one={one} named />
        ))}
        {cut_off.map((pc) => (
          <Cut key={pc.device} pc={pc} />
        ))}
      </ul>
    </section>
  );
}

/** On top of its dossier. */
export function SetAsideOf({which}: {which: string}) {
  const all = useSetAside().set_aside.filter((one) => one.dossier_id === which);
  if (all.length === 0) return null;
  return (
    <Banner kind="warn" icon="stop">
      <ul class="unapplied">
        {all.map((one, index) => (
          <One key={`${one.said[0]?.op}/${index}`} one={one} named={false} />
        ))}
      </ul>
    </Banner>
  );
}
