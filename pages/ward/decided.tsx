import {useState} from 'preact/hooks';
import {newKey, takeBack, type Trouble} from '../common/api';
import type {HistoryEntry} from '../common/dossier';
import {Pager, usePages} from '../common/parts/pager';
import {Entered, TroubleSaid} from '../common/parts/said';
import {href} from '../common/route';
import {useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {clock, parseTime} from '../common/time';
import {signed} from './people';

type Decision = {resolution: string; dossier: string; dossier_id: string; decided: HistoryEntry; sides: HistoryEntry[]; undo_until: string};
type DecisionPage = {decisions: Decision[]; next: string};

const pageSize = 20;

function Row({decision}: {decision: Decision}) {
  const t = useTexts();
  const names = useNames();
  const [trouble, setTrouble] = useState<Trouble>();
  const [key] = useState(newKey());
  const {decided, sides} = decision;
  const words = (said: HistoryEntry): string => (said.kind === 'remove' ? t.inbox.removed : isUndo(said.value) ? t.inbox.stays : names.value(said.field, said.value) || t.inbox.empty);
  const undo = async (): Promise<void> => {
    const answer = await takeBack(signed(`/v1/inbox/-/resolutions/${decision.resolution}`), key);
    setTrouble(answer.ok ? undefined : answer.trouble);
  };
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
      {trouble && <TroubleSaid trouble={trouble} />}
      {decided.standing === 'shown' ? (
        <p>
          <button type="button" class="small" onClick={() => void undo()}>
            {t.decided.undo}
          </button>{' '}
          <span class="hint">{t.decided.until(clock(parseTime(decision.undo_until)))}</span>
        </p>
      ) : (
        <p class="hint">{t.decided.noLonger}</p>
      )}
    </li>
  );
}

/** Of a removed element: that it stays is written as an undo of its removal. */
function isUndo(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'undo' in value;
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
