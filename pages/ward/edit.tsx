import {useState} from 'preact/hooks';
import {type Trouble, write} from '../common/api';
import {type Dossier, dossierPath} from '../common/dossier';
import {useRead} from '../common/live';
import {TextField} from '../common/parts/field';
import {Heading} from '../common/parts/heading';
import {Banner, Entered, TroubleSaid} from '../common/parts/said';
import {go, href} from '../common/route';
import {schema, useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {committed} from '../common/text';
import {changed, formValue} from './desk';
import {attempt, type Draft, drafts, dropDraft, newDraft, ownDraft, withoutAttempt, useDraft, withValues} from './drafts';
import {emptied, type Filling, roundList, roundText, useFilling} from './filling';
import {errorsOf, focusFirstError, Form, type Values} from './form';
import {useSaveKey} from './new';
import {paperList, Papers, storedPapers} from './papers';
import type {Here} from '../common/desk/model';
import {signed} from '../common/desk/people';

/** The dossier as it stands in the form. */
function formValues(dossier: Dossier): Values {
  const out: Values = {};
  for (const field of schema.get().fields)
    if (field.parent === '' && field.type !== 'list') out[field.name] = formValue(field, dossier.fields[field.name]);
  return out;
}

const roundName = '#round'; // what the citizen must still bring
const whyName = '#why'; // among the draft's values, beside the fields
const beforeName = '#before';

function startDraft(dossier: Dossier, id: string | undefined): Draft {
  const found = id === undefined ? ownDraft(dossier.id) : drafts.get().find((draft) => draft.id === id);
  if (found) return found;
  const before = formValues(dossier);
  return newDraft(dossier.id, dossier.version, {...before, [beforeName]: JSON.stringify(before)});
}

/** What the form began with, the draft's own notes left out. */
function beforeOf(draft: Draft): Values {
  try {
    return JSON.parse(draft.values[beforeName] ?? '{}') as Values;
  } catch {
    return {};
  }
}

function valuesOf(draft: Draft): Values {
  return Object.fromEntries(Object.entries(draft.values).filter(([name]) => !name.startsWith('#')));
}

/** What is written into the supplement round when the dossier goes on. */
function RoundClosed({filling}: {filling: Filling | undefined}) {
  const t = useTexts();
  const names = useNames();
  const inside = Object.entries(filling?.set ?? {}).filter(([path]) => path.startsWith(`${roundList}/`));
  if (inside.length === 0) return null;
  return (
    <p class="hint">
      {t.form.roundClosed} {inside.map(([path, value]) => `${names.last(path)}: ${names.value(path, value)}`).join('; ')}
    </p>
  );
}

/** Fields that somebody else changed since the form was opened. */
function ChangedMeanwhile({before, dossier}: {before: Values; dossier: Dossier}) {
  const t = useTexts();
  const names = useNames();
  const now = formValues(dossier);
  const fields = Object.keys(now).filter((name) => (now[name] ?? '') !== (before[name] ?? ''));
  if (fields.length === 0) return null;
  return (
    <div role="status">
      <Banner kind="warn" icon="history">
        <strong>{t.edit.meanwhile}</strong>
        <ul>
          {fields.map((name) => (
            <li key={name}>
              {names.field(name)}: <Entered text={now[name] || t.inbox.empty} />
            </li>
          ))}
        </ul>
        <p>{t.edit.meanwhileSafe}</p>
      </Banner>
    </div>
  );
}

function EditForm({dossier, draftId}: {dossier: Dossier; draftId: string | undefined}) {
  const t = useTexts();
  const [draft, keep] = useDraft(() => startDraft(dossier, draftId));
  const [complaining, setComplaining] = useState(false);
  const [saving, setSaving] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const before = beforeOf(draft);
  const values = valuesOf(draft);
  const names = useNames();
  const {filling, proposed} = useFilling(dossier.id, values, before, draft.sent || saving ? undefined : (next) => keep((now) => withValues(now, next)));
  const set = {...changed(values, before, schema.get()), ...emptied(values, proposed)};
  const added = storedPapers(draft.values);
  const round = filling?.append[roundList];
  const asked = committed(draft.values[roundName] ?? '');
  const append = round && asked ? {[roundList]: {...round, [roundText]: asked}} : {};
  const changes = Object.keys(set).length + (added[paperList]?.length ?? 0);
  const why = draft.values[whyName] ?? '';
  const put = (name: string, value: string): void => keep((now) => withValues(now, {[name]: value}));
  const save = async (): Promise<void> => {
    if (saving || changes === 0) return;
    setTrouble(undefined);
    setComplaining(true);
    if (errorsOf(schema.get(), values, t).length > 0) return focusFirstError();
    setSaving(true);
    const sent = attempt(draft, {set, add: added, append, seen: draft.version, ...(committed(why) ? {why: committed(why)} : {})}, '');
    keep((now) => ({...now, sent}));
    const answer = await write(signed(`${dossierPath(dossier.id)}/changes`), JSON.parse(sent.body), sent.key);
    setSaving(false);
    if (!answer.ok) {
      if (answer.trouble.status !== 0) keep(withoutAttempt);
      return setTrouble(answer.trouble);
    }
    dropDraft(draft);
    go('dossiers', dossier.id);
  };
  useSaveKey(() => void save());
  return (
    <>
      {dossier.version !== draft.version && <ChangedMeanwhile before={before} dossier={dossier} />}
      <Form values={values} onChange={put} isNew={false} undecided={new Set(dossier.conflicts.map((conflict) => conflict.field))} complaining={complaining} proposed={proposed} certain={filling?.certain ?? true} />
      {round && <TextField label={names.field(`${roundList}/x/${roundText}`)} value={draft.values[roundName] ?? ''} onChange={(value) => put(roundName, value)} lines={3} hint={t.form.roundHint} />}
      <RoundClosed filling={filling} />
      <Papers values={draft.values} onChange={put} held={dossier.collections[paperList] ?? []} />
      <TextField label={t.edit.why} value={why} onChange={(value) => put(whyName, value)} />
      {trouble && <TroubleSaid trouble={trouble} />}
      <div class="buttons">
        <button type="button" class="primary" disabled={saving || changes === 0} onClick={() => void save()}>
          {saving ? t.form.saving : t.edit.save(changes)} <kbd>F9</kbd>
        </button>
        <button
          type="button"
          onClick={() => {
            dropDraft(draft);
            go('dossiers', dossier.id);
          }}
        >
          {t.edit.cancel}
        </button>
        <span class="hint">{t.form.draftKept}</span>
      </div>
    </>
  );
}

export function EditDossier({id, draftId, here}: {id: string; draftId: string | undefined; here: Here}) {
  const t = useTexts();
  const names = useNames();
  const {value: dossier, trouble} = useRead<Dossier>(dossierPath(id));
  return (
    <>
      <Heading>{t.edit.title}</Heading>
      <p>
        <a href={href('dossiers', id)}>{t.edit.back}</a>
      </p>
      {trouble && <TroubleSaid trouble={trouble} />}
      {dossier && here.unit !== '' && dossier.custody.unit !== here.unit && (
        <Banner kind="calm" icon="out">
          {t.custody.heldBy} <strong>{names.unit(dossier.custody.unit)}</strong>. {t.custody.elsewhere}
        </Banner>
      )}
      {dossier && <EditForm key={dossier.id} dossier={dossier} draftId={draftId} />}
    </>
  );
}
