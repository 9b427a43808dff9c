import {useState} from 'preact/hooks';
import {newKey, type Trouble, write} from '../common/api';
import {type Dossier, dossierPath, valueText, voidField} from '../common/dossier';
import {useRead} from '../common/live';
import {CodeWords} from '../common/parts/code';
import {DeadlineWords} from '../common/parts/deadline';
import {ActDialog} from '../common/parts/act';
import {TextField} from '../common/parts/field';
import {Heading} from '../common/parts/heading';
import {History} from '../common/parts/history';
import {Icon} from '../common/parts/icon';
import {Banner, Entered, TroubleSaid} from '../common/parts/said';
import {Collections} from '../common/parts/collections';
import {ErasedShown} from '../common/parts/erased';
import {Facts} from '../common/parts/facts';
import {href} from '../common/route';
import {useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {committed} from '../common/text';
import {clock, parseTime} from '../common/time';
import {CustodyShown} from '../common/desk/custody';
import {LinkedShown} from '../common/desk/linked';
import type {Here} from '../common/desk/model';
import {signed} from '../common/desk/people';
import {StatusDialog} from '../common/desk/status';
import {SetAsideOf} from '../common/desk/set_aside';
import {UnappliedShown} from '../common/desk/unapplied';
import {ApologyDialog} from './apology';
import {StateWords} from './state';
import type {WardStatus} from './ward';

/** A dossier made by mistake: kept, marked, with the reason. */
function VoidDialog({dossier, onClose}: {dossier: Dossier; onClose: () => void}) {
  const t = useTexts();
  const [why, setWhy] = useState('');
  const path = signed(`${dossierPath(dossier.id)}/changes`);
  const body = committed(why) === '' ? undefined : {set: {[voidField]: committed(why)}};
  return (
    <ActDialog title={t.voiding.title} path={path} body={body} confirm={t.voiding.confirm} cancel={t.voiding.keep} danger onClose={onClose}>
      <p>{t.voiding.explain}</p>
      <TextField label={t.voiding.why} value={why} onChange={setWhy} required lines={2} />
    </ActDialog>
  );
}

function Voided({dossier, why}: {dossier: Dossier; why: string}) {
  const t = useTexts();
  const [trouble, setTrouble] = useState<Trouble>();
  const takeBack = async (): Promise<void> => {
    const answer = await write(signed(`${dossierPath(dossier.id)}/changes`), {set: {[voidField]: ''}}, newKey());
    setTrouble(answer.ok ? undefined : answer.trouble);
  };
  return (
    <Banner kind="warn" icon="stop">
      <strong>{t.dossier.voided}</strong>: <Entered text={why} />
      {trouble && <TroubleSaid trouble={trouble} />}
      <p>
        <button type="button" class="small" onClick={() => void takeBack()}>
          {t.voiding.back}
        </button>
      </p>
    </Banner>
  );
}

function Notes({dossier}: {dossier: Dossier}) {
  const t = useTexts();
  const [text, setText] = useState('');
  const [trouble, setTrouble] = useState<Trouble>();
  const add = async (): Promise<void> => {
    const answer = await write(signed(`${dossierPath(dossier.id)}/changes`), {append: {notes: committed(text)}}, newKey());
    if (!answer.ok) return setTrouble(answer.trouble);
    setText('');
    setTrouble(undefined);
  };
  return (
    <section>
      <h2>{t.dossier.notes}</h2>
      {dossier.notes.map((note) => (
        <p key={note.id}>
          <Entered text={valueText(note['text'])} />{' '}
          <span class="hint">
            <Entered text={note.by} />, {clock(parseTime(note.at))}
          </span>
        </p>
      ))}
      <TextField label={t.dossier.newNote} value={text} onChange={setText} lines={2} />
      {trouble && <TroubleSaid trouble={trouble} />}
      <button type="button" disabled={committed(text) === ''} onClick={() => void add()}>
        {t.dossier.addNote}
      </button>
    </section>
  );
}

function Shown({dossier, status, here}: {dossier: Dossier; status: WardStatus | undefined; here: Here}) {
  const t = useTexts();
  const names = useNames();
  const [voiding, setVoiding] = useState(false);
  const [apologising, setApologising] = useState(false);
  const [moving, setMoving] = useState(false);
  const mine = dossier.custody.unit === here.unit;
  const owner = valueText(dossier.fields['ChuHoSo']);
  const voided = valueText(dossier.fields[voidField]);
  return (
    <>
      <Heading>{owner ? <Entered text={owner} /> : dossier.conflicts.some((one) => one.field === 'ChuHoSo') ? t.form.undecided : t.list.noOwner}</Heading>
      <p>
        <span class="code">{valueText(dossier.fields['MaTTHC'])}</span> <Entered text={valueText(dossier.fields['TenTTHC'])} /> ·{' '}
        <strong>{names.status(valueText(dossier.fields['TrangThaiHoSo']))}</strong>
      </p>
      {!voided && !dossier.erased && (
        <p>
          <DeadlineWords deadline={dossier.deadline} />
        </p>
      )}
      {voided && <Voided dossier={dossier} why={voided} />}
      <ErasedShown dossier={dossier} />
      <CodeWords codes={dossier.codes} />
      <StateWords state={dossier.state} changedAt={dossier.state_since ?? ''} reason={dossier.state_reason} conflicts={dossier.conflicts.length} status={status} id={dossier.id} />
      {dossier.records === 'at_centre' && (
        <p class="hint">
          {t.dossier.recordsAtCentre} {status && status.link.state !== 'open' && t.dossier.recordsNotNow}
        </p>
      )}
      <SetAsideOf which={dossier.id} />
      <UnappliedShown dossier={dossier} />
      <CustodyShown dossier={dossier} here={here} elsewhere={t.custody.elsewhere} />
      <LinkedShown dossier={dossier} here={here} />
      {!voided && !dossier.erased && (
        <div class="buttons">
          <a class="button primary" href={href('dossiers', dossier.id, 'edit')}>
            <Icon name="edit" />
            {mine ? t.dossier.edit : t.dossier.propose} <kbd>F6</kbd>
          </a>
          {mine && (
            <button type="button" onClick={() => setMoving(true)}>
              {t.dossier.changeStatus}
            </button>
          )}
          {mine && dossier.deadline.clock === 'running' && (
            <button type="button" onClick={() => setApologising(true)}>
              {t.apology.open}
            </button>
          )}
          {mine && (
            <button type="button" onClick={() => setVoiding(true)}>
              {t.voiding.open}
            </button>
          )}
        </div>
      )}
      <Facts dossier={dossier} />
      <Collections dossier={dossier} />
      {!dossier.erased && <Notes dossier={dossier} />}
      <History which={dossier.id} />
      {apologising && <ApologyDialog dossier={dossier} onClose={() => setApologising(false)} />}
      {moving && <StatusDialog dossier={dossier} onClose={() => setMoving(false)} />}
      {voiding && <VoidDialog dossier={dossier} onClose={() => setVoiding(false)} />}
    </>
  );
}

export function DossierPage({id, status, here}: {id: string; status: WardStatus | undefined; here: Here}) {
  const t = useTexts();
  const {value, trouble} = useRead<Dossier>(dossierPath(id));
  return (
    <>
      <p>
        <a href={href()}>{t.dossier.back}</a>
      </p>
      {trouble && <TroubleSaid trouble={trouble} />}
      {value && <Shown dossier={value} status={status} here={here} />}
    </>
  );
}
