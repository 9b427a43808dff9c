import {useEffect, useRef, useState} from 'preact/hooks';
import {read, type Trouble, write} from '../common/api';
import type {DossierLine, DossierPage} from '../common/dossier';
import {Dialog} from '../common/parts/dialog';
import {Heading} from '../common/parts/heading';
import {Entered, TroubleSaid} from '../common/parts/said';
import {go, href} from '../common/route';
import {schema, useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {committed} from '../common/text';
import {clock, parseTime, storedTime} from '../common/time';
import {completed, newValues} from './desk';
import {attempt, type Attempt, type Draft, drafts, dropDraft, newDraft, ownDraft, useDraft, withoutAttempt, withValues} from './drafts';
import {emptied, useFilling} from './filling';
import {errorsOf, focusFirstError, Form, type Values} from './form';
import {Papers, storedPapers} from './papers';
import {signed} from '../common/desk/people';

type Created = {id: string; code: string};

function similarPath(values: Values): string {
  const query = new URLSearchParams({
    procedure: values['MaTTHC'] ?? '',
    owner: committed(values['ChuHoSo'] ?? ''),
    identity: committed(values['SoGiayToChuHoSo'] ?? ''),
  });
  return `/v1/dossiers/similar?${query}`;
}

function Similar({lines, onSave, onClose}: {lines: DossierLine[]; onSave: () => void; onClose: () => void}) {
  const t = useTexts();
  const names = useNames();
  return (
    <Dialog title={t.similar.title} onClose={onClose}>
      <p>{t.similar.why}</p>
      <ul>
        {lines.map((line) => (
          <li key={line.id}>
            <a href={href('dossiers', line.id)}>
              <Entered text={line.owner} /> · {names.procedure(line.procedure)}
            </a>{' '}
            <span class="hint">
              <Entered text={line.code} /> {clock(parseTime(line.changed_at))}
            </span>
          </li>
        ))}
      </ul>
      <div class="buttons">
        <button type="button" onClick={onClose}>
          {t.similar.back}
        </button>
        <button type="button" onClick={onSave}>
          {t.similar.saveAnyway}
        </button>
      </div>
    </Dialog>
  );
}

/** Listens to F9, whatever has the focus. */
export function useSaveKey(save: () => void): void {
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    const pressed = (): void => latest.current();
    addEventListener('ward:save', pressed);
    return () => removeEventListener('ward:save', pressed);
  }, []);
}

const noValues: Values = {};

function startDraft(id: string | undefined): Draft {
  const found = id === undefined ? ownDraft('') : drafts.get().find((draft) => draft.id === id);
  return found ?? newDraft('', '', {...newValues});
}

export function NewDossier({draftId}: {draftId: string | undefined}) {
  const t = useTexts();
  const [draft, keep] = useDraft(() => startDraft(draftId));
  const [complaining, setComplaining] = useState(false);
  const [saving, setSaving] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const [similar, setSimilar] = useState<DossierLine[]>([]);
  useEffect(() => {
    document.querySelector<HTMLElement>('.form input')?.focus();
  }, []);

  const {filling, proposed} = useFilling('', draft.values, noValues, draft.sent || saving ? undefined : (values) => keep((now) => withValues(now, values)));
  const prepared = (): Attempt => {
    const at = draft.sent?.at ?? storedTime(new Date());
    return attempt(draft, {...completed(draft.values, schema.get(), at), ...emptied(draft.values, proposed), ...storedPapers(draft.values)}, at);
  };
  const send = async (sent: Attempt): Promise<void> => {
    setSimilar([]);
    setSaving(true);
    keep((now) => ({...now, sent}));
    const answer = await write<Created>(signed('/v1/dossiers'), JSON.parse(sent.body), sent.key);
    setSaving(false);
    if (answer.ok) {
      dropDraft(draft);
      return go('dossiers', answer.value.id);
    }
    if (answer.trouble.status !== 0) keep(withoutAttempt);
    setTrouble(answer.trouble);
  };
  const save = async (): Promise<void> => {
    if (saving) return;
    setTrouble(undefined);
    setComplaining(true);
    if (errorsOf(schema.get(), draft.values, t).length > 0) return focusFirstError();
    const sent = prepared();
    if (sent === draft.sent) return send(sent); // the same once more: it would only find itself
    setSaving(true);
    const found = await read<DossierPage>(similarPath(draft.values));
    setSaving(false);
    if (found.ok && found.value.dossiers.length > 0) return setSimilar(found.value.dossiers);
    await send(sent);
  };
  useSaveKey(() => void save());

  const put = (name: string, value: string): void => keep((now) => withValues(now, {[name]: value}));
  return (
    <>
      <Heading quiet>{t.nav.newDossier}</Heading>
      <Form values={draft.values} onChange={put} isNew undecided={new Set()} complaining={complaining} proposed={proposed} certain={filling?.certain ?? true} />
      <Papers values={draft.values} onChange={put} held={[]} />
      {trouble && <TroubleSaid trouble={trouble} />}
      <div class="buttons">
        <button type="button" class="primary" disabled={saving} onClick={() => void save()}>
          {saving ? t.form.saving : t.form.save} <kbd>F9</kbd>
        </button>
        <span class="hint">{t.form.draftKept}</span>
      </div>
      {similar.length > 0 && <Similar lines={similar} onClose={() => setSimilar([])} onSave={() => void send(prepared())} />}
    </>
  );
}
