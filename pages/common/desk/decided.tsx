import {useEffect, useState} from 'preact/hooks';
import type {HistoryEntry} from '../dossier';
import {ActDialog, useAct} from '../parts/act';
import {Pager, usePages} from '../parts/pager';
import {Entered, TroubleSaid} from '../parts/said';
import {href} from '../route';
import {useNames} from '../schema';
import {useTexts} from '../settings';
import {clock, parseTime} from '../time';
import {signed} from './people';
import {isUndo, saidText} from './said_text';

type Decision = {resolution: string; dossier: string; dossier_id: string; decided: HistoryEntry; sides: HistoryEntry[]; undo_until: string};
type DecisionPage = {decisions: Decision[]; next: string};

const pageSize = 20;

function Row({decision}: {decision: Decision}) {
  const t = useTexts();
  const names = useNames();
  const [signing, setSigning] = useState(false);
  const {decided, sides} = decision;
  const words = (said: HistoryEntry): string => (said.kind === 'set' && isUndo(said.value) ? t.inbox.stays : saidText(said, names, t));
  const undo = {path: signed(`/v1/inbox/-/resolutions/${decision.resolution}`), method: 'DELETE'} as const;
  const act = useAct(undo);
  const asksToSign = act.signs;
  useEffect(() => setSigning(asksToSign), [asksToSign]);
  return (
    <li class="card">
      <p>
        <a href={href('dossiers', decision.dossier_id)}>{decision.dossier ? <Entered text={decision.dossier} /> : t.list.noCode}</a> · {names.field(decided.field)} ={' '}
        <strong>
          <Entered text={words(decided)} />
        </strong>
      </p>
      <p class="hint">
        <Entered text={decided.by} /> · {names.unit(decided.unit)} · {clock(parseTime(decided.at))}
        {decided.why && (
          <>
            {' '}
            · {t.history.why} <Entered text={decided.why} />
          </>
        )}
      </p>
      <p class="hint">
        {t.decided.between}{' '}
        {sides.map((side) => (
          <span key={side.op} class="fact">
            <Entered text={words(side)} />
          </span>
        ))}
      </p>
      {act.trouble && !act.signs && <TroubleSaid trouble={act.trouble} />}
      {decided.standing === 'shown' ? (
        <p>
          <button type="button" class="small" onClick={() => (act.signs ? setSigning(true) : act.go({}))}>
            {t.decided.undo}
          </button>{' '}
          <span class="hint">{t.decided.until(clock(parseTime(decision.undo_until)))}</span>
        </p>
      ) : (
        <p class="hint">{t.decided.noLonger}</p>
      )}
      {signing && <ActDialog title={t.decided.undo} {...undo} body={{}} confirm={t.decided.confirm} signs onClose={() => setSigning(false)} />}
    </li>
  );
}

/** What was decided lately, by whomever: for thirty days each can be taken back, and then the question stands again. */
export function Decided() {
  const t = useTexts();
  const {value, trouble, paging} = usePages<DecisionPage>('/v1/decisions', pageSize, (page) => page.decisions.length);
  if (!trouble && paging.count === 0 && !paging.back && !paging.forward) return null;
  return (
    <section aria-label={t.decided.title}>
      <h2>{t.decided.title}</h2>
      {trouble && <TroubleSaid trouble={trouble} />}
      <ul class="acts">
        {value?.decisions.map((decision) => (
          <Row key={decision.resolution} decision={decision} />
        ))}
      </ul>
      <Pager paging={paging} label={t.decided.title} />
    </section>
  );
}
