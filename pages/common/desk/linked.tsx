import {useState} from 'preact/hooks';
import {type Dossier, dossierPath, valueText} from '../dossier';
import {useRead} from '../live';
import {DeadlineWords} from '../parts/deadline';
import {ActDialog} from '../parts/act';
import {SelectField, TextField} from '../parts/field';
import {Banner, Entered, TroubleSaid} from '../parts/said';
import {TableHead} from '../parts/table_head';
import {href} from '../route';
import {schema, useNames} from '../schema';
import {useLanguage, useTexts} from '../settings';
import {useStore} from '../store';
import {committed} from '../text';
import {clock, parseTime, shownDate} from '../time';
import type {DossierParts, Here, LinkedPart, LinkedWhole, Missing} from './model';
import {signed, useOwnKey} from './people';

function usePartName(): (part: LinkedPart) => string {
  const language = useLanguage();
  return (part) => (language === 'en' ? part.name_en : part.name);
}

/** The parts that fanning out would make or offer, who takes each and by when; who takes one that the city's table does not know is chosen here. */
function FanOutDialog({dossier, onClose}: {dossier: Dossier; onClose: () => void}) {
  const t = useTexts();
  const names = useNames();
  const nameOf = usePartName();
  const units = useStore(schema).units.map((unit) => ({value: unit.code, label: names.unit(unit.code)}));
  const {value: plan, trouble: unread} = useRead<DossierParts>(`${dossierPath(dossier.id)}/parts`);
  const [to, setTo] = useState<Record<string, string>>({});
  const [note, setNote] = useState('');
  const missing = plan?.missing ?? [];
  const partOf = (one: Missing): LinkedPart | undefined => plan?.linked?.parts.find((part) => part.part === one.part);
  const complete = missing.length > 0 && missing.every((one) => one.to !== '' || to[one.part]);
  const signs = useOwnKey() && missing.some((one) => one.offer && !one.create); // what stands already is handed over
  const path = signed(`${dossierPath(dossier.id)}/parts`);
  return (
    <ActDialog title={t.linked.title} path={path} body={complete ? {to, note: committed(note)} : undefined} confirm={t.linked.confirm} signs={signs} onClose={onClose}>
      {unread && <TroubleSaid trouble={unread} />}
      <p>{plan && missing.length === 0 ? t.linked.nothing : t.linked.explain}</p>
      <ul>
        {missing.map((one) => {
          const part = partOf(one);
          return (
            <li key={one.part}>
              <strong>{part ? nameOf(part) : one.part}</strong>
              {one.to !== '' && <> → {names.unit(one.to)}</>}
              <p class="hint">
                {one.offer ? t.linked.offeredNow : one.create && part?.after ? t.linked.waitsFor(partNamed(plan?.linked, part.after, nameOf)) : t.linked.ours}
                {part?.due && <> · {t.linked.by(shownDate(part.due))}</>}
              </p>
              {one.to === '' && <SelectField label={t.linked.taker} value={to[one.part] ?? ''} onChange={(unit) => setTo({...to, [one.part]: unit})} choices={units} empty={t.form.nothing} />}
            </li>
          );
        })}
      </ul>
      <TextField label={t.custody.note} value={note} onChange={setNote} hint={t.custody.noteHint} lines={2} />
    </ActDialog>
  );
}

function partNamed(linked: LinkedWhole | null | undefined, key: string, nameOf: (part: LinkedPart) => string): string {
  const part = linked?.parts.find((one) => one.part === key);
  return part ? nameOf(part) : key;
}

function Row({part, linked}: {part: LinkedPart; linked: LinkedWhole}) {
  const t = useTexts();
  const names = useNames();
  const nameOf = usePartName();
  const unit = part.unit || part.to;
  return (
    <tr>
      <th scope="row">
        {part.id ? <a href={href('dossiers', part.id)}>{nameOf(part)}</a> : nameOf(part)}
        <span class="code">{part.code && <Entered text={part.code} />}</span>
      </th>
      <td>
        {unit ? names.unit(unit) : t.linked.noUnit}
        {part.to && part.unit && part.to !== part.unit && <span class="hint">→ {names.unit(part.to)}</span>}
      </td>
      <td>
        <strong>{part.stage === 'waits' ? t.linked.waitsFor(partNamed(linked, part.after, nameOf)) : t.linked.stages[part.stage]}</strong>
        {part.status && <span class="hint">{names.status(part.status)}</span>}
        {part.since && <span class="hint">{t.custody.since(clock(parseTime(part.since)))}</span>}
        {part.declined && (
          <span class="warning">
            {names.unit(part.declined.unit)}, <Entered text={part.declined.by} />: <Entered text={part.declined.why} />
          </span>
        )}
      </td>
      <td>
        {part.deadline ? <DeadlineWords deadline={part.deadline} /> : part.due && t.linked.by(shownDate(part.due))}
        {part.late && <span class="warning">{t.linked.late}</span>}
      </td>
    </tr>
  );
}

function Whole({dossier, linked, here}: {dossier: Dossier; linked: LinkedWhole; here: Here}) {
  const t = useTexts();
  const names = useNames();
  const [opened, setOpened] = useState(false);
  const status = valueText(dossier.fields['TrangThaiHoSo']);
  const toDo = linked.parts.some((part) => part.stage === 'planned' || part.stage === 'ready' || part.stage === 'voided');
  const may = dossier.custody.unit === here.unit && (status === '2' || status === '4');
  return (
    <section class="linked" aria-label={t.linked.heading}>
      <h2>{t.linked.heading}</h2>
      {linked.count > 0 && (
        <p>
          {t.linked.told} <strong>{names.status(linked.status)}</strong>
          {linked.due && <> · {t.linked.by(shownDate(linked.due))}</>} · {t.linked.counts(linked)}
        </p>
      )}
      <table class="list">
        <TableHead heads={t.linked.heads} />
        <tbody>
          {linked.parts.map((part) => (
            <Row key={part.part} part={part} linked={linked} />
          ))}
        </tbody>
      </table>
      {linked.parts.some((part) => part.stage === 'disputed') && (
        <Banner kind="warn" icon="person">
          {t.linked.disputed} <a href={href('inbox', dossier.id)}>{t.status.decideFirst}</a>
        </Banner>
      )}
      {may && toDo && (
        <p>
          <button type="button" onClick={() => setOpened(true)}>
            {t.linked.open}
          </button>
        </p>
      )}
      {opened && <FanOutDialog dossier={dossier} onClose={() => setOpened(false)} />}
    </section>
  );
}

/** What was lodged once for several authorities, with its parts; of a part, of what it is one. */
export function LinkedShown({dossier, here}: {dossier: Dossier; here: Here}) {
  const t = useTexts();
  const names = useNames();
  const whole = dossier.part_of;
  return (
    <>
      {whole && (
        <p class="part-of">
          {t.linked.partOf}{' '}
          {whole.desk === here.unit ? (
            <a href={href('dossiers', whole.id)}>
              <Entered text={whole.code} />
            </a>
          ) : (
            <Entered text={whole.code} />
          )}{' '}
          · {t.linked.desk(names.unit(whole.desk))}
        </p>
      )}
      {dossier.linked && <Whole dossier={dossier} linked={dossier.linked} here={here} />}
    </>
  );
}
