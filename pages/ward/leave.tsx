import {useState} from 'preact/hooks';
import {newKey, type Trouble, write} from '../common/api';
import {dossierPath, type HistoryEntry, type InboxEntry} from '../common/dossier';
import {Dialog} from '../common/parts/dialog';
import {TextField} from '../common/parts/field';
import {Banner, Entered, TroubleSaid} from '../common/parts/said';
import {Names, schema} from '../common/schema';
import {useTexts} from '../common/settings';
import {committed} from '../common/text';
import {vi} from '../common/texts/vi';
import {clock, parseTime} from '../common/time';
import {signed} from './people';

/**
 * Who does not know leaves the decision to the officer: a note in the dossier says so, everywhere, and the question stays open. The note begins with
 * the same words whatever the page's language, so that every desk knows it.
 */
function mark(conflict: InboxEntry): string {
  return vi.leave.note(new Names(schema.get(), true).field(conflict.field));
}

/** The last such note that was written after the sides had met. */
export function leftBy(conflict: InboxEntry, history: readonly HistoryEntry[]): HistoryEntry | undefined {
  const sides = new Set(conflict.values.map((value) => value.op));
  const met = history.reduce((last, entry, index) => (sides.has(entry.op) ? index : last), -1);
  const beginning = mark(conflict);
  return history
    .slice(met + 1)
    .filter((entry) => entry.field === 'notes' && typeof entry.value === 'string' && entry.value.startsWith(beginning))
    .pop();
}

export function Left({conflict, left}: {conflict: InboxEntry; left: HistoryEntry}) {
  const t = useTexts();
  return (
    <Banner kind="calm" icon="person">
      <strong>{t.leave.left}</strong> <Entered text={String(left.value).slice(mark(conflict).length)} />{' '}
      <span class="hint">
        (<Entered text={left.by} />, {clock(parseTime(left.at))})
      </span>
    </Banner>
  );
}

export function LeaveDialog({conflict, onClose}: {conflict: InboxEntry; onClose: () => void}) {
  const t = useTexts();
  const [note, setNote] = useState('');
  const [trouble, setTrouble] = useState<Trouble>();
  const [key] = useState(newKey());
  const send = async (): Promise<void> => {
    const answer = await write(signed(`${dossierPath(conflict.dossier_id)}/changes`), {append: {notes: mark(conflict) + committed(note)}}, key);
    if (answer.ok) onClose();
    else setTrouble(answer.trouble);
  };
  return (
    <Dialog title={t.leave.title} onClose={onClose}>
      <p>{t.leave.explain}</p>
      <TextField label={t.leave.why} value={note} onChange={setNote} required lines={2} />
      {trouble && <TroubleSaid trouble={trouble} />}
      <div class="buttons">
        <button type="button" onClick={onClose}>
          {t.leave.cancel}
        </button>
        <button type="button" class="primary" disabled={committed(note) === ''} onClick={() => void send()}>
          {t.leave.confirm}
        </button>
      </div>
    </Dialog>
  );
}
