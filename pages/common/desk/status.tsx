import {useState} from 'preact/hooks';
import {type Dossier, dossierPath} from '../dossier';
import {useRead} from '../live';
import {ActDialog, type Body} from '../parts/act';
import {SelectField, TextField} from '../parts/field';
import {TroubleSaid} from '../parts/said';
import {href} from '../route';
import {useNames} from '../schema';
import {useTexts} from '../settings';
import {committed} from '../text';
import {shownDate} from '../time';
import type {Companion, NextStatuses, Step} from './model';
import {signed, useOwnKey} from './people';

/** One field that stands and falls with the status. */
function CompanionField({companion, value, onChange}: {companion: Companion; value: string; onChange: (value: string) => void}) {
  const t = useTexts();
  const names = useNames();
  const codes = names.codes(companion.field);
  const label = names.field(companion.field);
  if (codes.length > 0) return <SelectField label={label} value={value} onChange={onChange} choices={codes} empty={t.form.nothing} />;
  return <TextField label={label} value={value} onChange={onChange} hint={companion.field.startsWith('Ngay') ? t.form.timeHint : undefined} />;
}

function Next({step, dossier, chosen, onChoose}: {step: Step; dossier: Dossier; chosen: boolean; onChoose: () => void}) {
  const t = useTexts();
  const names = useNames();
  const blocked = step.blocked_by.length > 0;
  return (
    <label class="side">
      <input type="radio" name="next-status" checked={chosen} disabled={blocked} onChange={onChoose} />
      <span>
        {names.status(step.status)}
        {blocked && (
          <span class="warning">
            {t.status.blocked} <a href={href('inbox', dossier.id)}>{t.status.decideFirst}</a>
          </span>
        )}
      </span>
    </label>
  );
}

/** Nothing but what may come next, each with its dates and texts. */
export function StatusDialog({dossier, onClose}: {dossier: Dossier; onClose: () => void}) {
  const t = useTexts();
  const names = useNames();
  const {value: answer, trouble: unread} = useRead<NextStatuses>(`${dossierPath(dossier.id)}/status`);
  const [chosen, setChosen] = useState('');
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [why, setWhy] = useState('');
  const step = answer?.next.find((one) => one.status === chosen);
  const valueOf = (companion: Companion): string => typed[companion.field] ?? shownDate(companion.proposed);
  const signs = useOwnKey() && step?.legal_act === true;
  const bodyOf = (to: Step): Body => {
    const set = Object.fromEntries(to.companions.map((one) => [one.field, committed(valueOf(one))] as const).filter(([, value]) => value !== ''));
    return {status: to.status, set, seen: dossier.version, ...(committed(why) ? {why: committed(why)} : {})};
  };
  const body = step && (!step.needs_reason || committed(why) !== '') ? bodyOf(step) : undefined;
  return (
    <ActDialog title={t.status.title} path={signed(`${dossierPath(dossier.id)}/status`)} body={body} confirm={t.status.confirm} signs={signs} onClose={onClose}>
      {unread && <TroubleSaid trouble={unread} />}
      {answer && (
        <p>
          {t.status.now} <strong>{names.status(answer.status) || t.form.nothing}</strong>
        </p>
      )}
      {answer?.next.length === 0 && <p>{t.status.nothingNext}</p>}
      <fieldset>
        <legend>{t.status.next}</legend>
        {answer?.next.map((one) => (
          <Next key={one.status} step={one} dossier={dossier} chosen={one.status === chosen} onChoose={() => setChosen(one.status)} />
        ))}
      </fieldset>
      {step?.companions.map((one) => (
        <CompanionField key={one.field} companion={one} value={valueOf(one)} onChange={(value) => setTyped({...typed, [one.field]: value})} />
      ))}
      {step && <TextField label={step.status === '5' ? t.status.whatMissing : t.status.why} value={why} onChange={setWhy} required={step.needs_reason} lines={2} />}
    </ActDialog>
  );
}
