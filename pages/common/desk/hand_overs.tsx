import {useState} from 'preact/hooks';
import {type Dossier, dossierPath} from '../dossier';
import {useNow, useRead} from '../live';
import {DossierName} from '../parts/dossier_name';
import {Heading} from '../parts/heading';
import {Icon} from '../parts/icon';
import {Pager, usePages} from '../parts/pager';
import {Entered, TroubleSaid} from '../parts/said';
import {TableHead} from '../parts/table_head';
import {useNames} from '../schema';
import {useTexts} from '../settings';
import {clock, parseTime} from '../time';
import {AnswerDialog, type Answering, isLate, papersOf} from './custody';
import type {HandOver, HandOverPage, Here} from './model';

const pageSize = 20; // dossiers

type Asked = {what: Answering; line: HandOver};

/** The bundle's papers come from the dossier itself: nobody ticks them before they are known. */
function Answer({asked, onClose}: {asked: Asked; onClose: () => void}) {
  const {line, what} = asked;
  const {value: dossier, trouble} = useRead<Dossier>(dossierPath(line.dossier_id));
  if (!dossier && !trouble) return null;
  return <AnswerDialog about={{id: line.dossier_id, owner: line.owner, code: line.dossier}} offer={line} papers={dossier ? papersOf(dossier) : []} what={what} onClose={onClose} />;
}

function Row({line, here, onAsk}: {line: HandOver; here: Here; onAsk: (what: Answering) => void}) {
  const t = useTexts();
  const names = useNames();
  const now = useNow();
  const late = line.late || isLate(line.late_from, now);
  return (
    <tr>
      <th scope="row">
        <DossierName id={line.dossier_id} owner={line.owner} code={line.dossier} procedure={line.procedure} />
        <span class="hint">
          <Entered text={line.procedure_name || names.procedure(line.procedure)} />
        </span>
      </th>
      <td>
        {names.unit(line.from)} → {names.unit(line.to)}
        {line.note && (
          <span class="hint">
            {t.custody.note}: <Entered text={line.note} />
          </span>
        )}
      </td>
      <td>
        {clock(parseTime(line.at))}
        <span class="hint">
          <Entered text={line.by} />
        </span>
        {late && (
          <span class="warning">
            <Icon name="clock" /> {t.custody.late}
          </span>
        )}
      </td>
      <td>
        {line.to === here.unit && (
          <>
            <button type="button" class="small primary" onClick={() => onAsk('accept')}>
              {t.custody.answers.accept.open}
            </button>{' '}
            <button type="button" class="small" onClick={() => onAsk('decline')}>
              {t.custody.answers.decline.open}
            </button>
          </>
        )}
        {line.holder === here.unit && (
          <button type="button" class="small" onClick={() => onAsk('recall')}>
            {t.custody.answers.recall.open}
          </button>
        )}
      </td>
    </tr>
  );
}

function List({title, none, query, here}: {title: string; none: string; query: string; here: Here}) {
  const t = useTexts();
  const [asked, setAsked] = useState<Asked>();
  const {value, trouble, paging} = usePages<HandOverPage>(`/v1/hand-overs?${query}`, pageSize, (page) => page.hand_overs.length);
  const lines = value?.hand_overs ?? [];
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {trouble && <TroubleSaid trouble={trouble} />}
      {value && lines.length === 0 && <p class="hint">{none}</p>}
      {lines.length > 0 && (
        <table class="list">
          <TableHead heads={[t.list.owner, t.custody.fromTo, t.custody.offeredAt, t.devices.acts]} />
          <tbody>
            {lines.map((line) => (
              <Row key={line.id} line={line} here={here} onAsk={(what) => setAsked({what, line})} />
            ))}
          </tbody>
        </table>
      )}
      <Pager paging={paging} label={title} />
      {asked && <Answer asked={asked} onClose={() => setAsked(undefined)} />}
    </section>
  );
}

/** What comes, and what was sent off and not taken yet. `all`: of every unit, where somebody looks after all of them. */
export function HandOvers({here, all = false}: {here: Here; all?: boolean}) {
  const t = useTexts();
  return (
    <>
      <Heading>{t.nav.handOvers}</Heading>
      <p class="hint">{t.custody.explain}</p>
      {all && <List title={t.custody.allLate} none={t.custody.noneLate} query="direction=all&late=true" here={here} />}
      <List title={t.custody.incoming} none={t.custody.noneIncoming} query="direction=in" here={here} />
      <List title={t.custody.outgoing} none={t.custody.noneOutgoing} query="direction=out" here={here} />
    </>
  );
}
