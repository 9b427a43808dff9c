import {useState} from 'preact/hooks';
import {dossierPath, type HistoryEntry} from '../dossier';
import {ActDialog} from '../parts/act';
import {TextField} from '../parts/field';
import {Banner, Entered} from '../parts/said';
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
  const path = signed(`${dossierPath(item.dossier_id)}/changes`);
  const body = committed(note) === '' ? undefined : {append: {notes: mark(item) + committed(note)}};
  return (
    <ActDialog title={t.leave.title} path={path} body={body} confirm={t.leave.confirm} onClose={onClose}>
      <p>{t.leave.explain}</p>
      <TextField label={t.leave.why} value={note} onChange={setNote} required lines={2} />
    </ActDialog>
  );
}
