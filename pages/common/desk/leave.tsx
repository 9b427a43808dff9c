import {useState} from 'preact/hooks';
import {newKey, type Trouble, write} from '../api';
import {dossierPath, type HistoryEntry} from '../dossier';
import {Dialog} from '../parts/dialog';
import {TextField} from '../parts/field';
import {Banner, Entered, TroubleSaid} from '../parts/said';
import {Names, schema} from '../schema';
import {useTexts} from '../settings';
import {committed} from '../text';
import {vi} from '../texts/vi';
import {clock, parseTime} from '../time';
import type {WholeItem} from './model';
import {signed} from './people';

/**
 * Who does not know leaves the decision to the officer: a note in the dossier says so, everywhere, and the question stays open. The note begins with
 * the same words whatever the page's language, so that every desk knows it.
 */
function mark(item: WholeItem): string {
  return vi.leave.note(new Names(schema.get(), true).field(item.field));
}

/** The last such note that was written after the sides had met. */
export function leftBy(item: WholeItem, history: readonly HistoryEntry[]): HistoryEntry | undefined {
  const sides = new Set(item.values.map((value) => value.op));
  const met = history.reduce((last, entry, index) => (sides.has(entry.op) ? index : last), -1);
  const beginning = mark(item);
  return history
    .slice(met + 1)
    .filter((entry) => entry.field === 'notes' && typeof entry.value === 'string' && entry.value.startsWith(beginning))
    .pop();
}

export function Left({item, left}: {item: WholeItem; left: HistoryEntry}) {
  const t = useTexts();
  return (
    <Banner kind="calm" icon="person">
      <strong>{t.leave.left}</strong> <Entered text={String(left.value).slice(mark(item).length)} />{' '}
      <span class="hint">
        (<Entered text={left.by} />, {clock(parseTime(left.at))})
      </span>
    </Banner>
  );
}

export function LeaveDialog({item, onClose}: {item: WholeItem; onClose: () => void}) {
  const t = useTexts();
  const [note, setNote] = useState('');
  const [trouble, setTrouble] = useState<Trouble>();
  const [key] = useState(newKey());
  const send = async (): Promise<void> => {
    const answer = await write(signed(`${dossierPath(item.dossier_id)}/changes`), {append: {notes: mark(item) + committed(note)}}, key);
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
          {t.dialog.cancel}
        </button>
        <button type="button" class="primary" disabled={committed(note) === ''} onClick={() => void send()}>
          {t.leave.confirm}
        </button>
      </div>
    </Dialog>
  );
}
