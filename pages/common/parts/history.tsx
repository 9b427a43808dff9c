import {useState} from 'preact/hooks';
import {saidText} from '../desk/said_text';
import {dossierPath, type HistoryEntry, type Why} from '../dossier';
import {useRead} from '../live';
import {useNames} from '../schema';
import {useTexts} from '../settings';
import {clock, parseTime} from '../time';
import {Dialog} from './dialog';
import {Entered, TroubleSaid} from './said';

/** What one person did at once: the entries of one change. */
type Act = {id: string; entries: HistoryEntry[]};

function actsOf(history: readonly HistoryEntry[]): Act[] {
  const acts: Act[] = [];
  for (const entry of history) {
    const id = entry.op.slice(0, entry.op.lastIndexOf('.'));
    const last = acts[acts.length - 1];
    if (last?.id === id) last.entries.push(entry);
    else acts.push({id, entries: [entry]});
  }
  return acts.reverse();
}

function ActShown({act}: {act: Act}) {
  const t = useTexts();
  const names = useNames();
  const first = act.entries[0];
  if (!first) return null;
  const standing = (entry: HistoryEntry): string => t.history.standings[entry.standing as keyof typeof t.history.standings] ?? entry.standing;
  return (
    <li class="card">
      <p>
        <strong>{clock(parseTime(first.at))}</strong> · <Entered text={first.by} />{' '}
        <span class="hint">
          {names.unit(first.unit)} · {t.history.device(first.device.slice(0, 8))}
          {!first.clock_good && ` · ${t.inbox.clockBad}`}
          {first.signed && ` · ${t.history.signed}`}
        </span>
      </p>
      {first.why && (
        <p>
          {t.history.why} <Entered text={first.why} />
        </p>
      )}
      <dl class="facts">
        {act.entries.map((entry) => (
          <div key={entry.op}>
            <dt>{names.field(entry.field)}</dt>
            <dd>
              <Entered text={saidText(entry, names, t)} /> {entry.standing !== 'shown' && <span class="hint">({standing(entry)})</span>}
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function ActList({history}: {history: readonly HistoryEntry[]}) {
  return (
    <ul class="acts">
      {actsOf(history).map((act) => (
        <ActShown key={act.id} act={act} />
      ))}
    </ul>
  );
}

/** Who entered what and when, newest first. Nothing that was ever entered is missing here. */
function Acts({which}: {which: string}) {
  const {value, trouble} = useRead<{history: HistoryEntry[]}>(`${dossierPath(which)}/history`);
  if (trouble) return <TroubleSaid trouble={trouble} />;
  return value ? <ActList history={value.history} /> : null;
}

/** Why one field shows what it shows, and every value that it ever had. */
export function WhyShown({which, field, onClose}: {which: string; field: string; onClose: () => void}) {
  const t = useTexts();
  const names = useNames();
  const {value, trouble} = useRead<Why>(`${dossierPath(which)}/why?field=${encodeURIComponent(field)}`);
  return (
    <Dialog title={t.history.whyTitle(names.field(field))} onClose={onClose}>
      {trouble && <TroubleSaid trouble={trouble} />}
      {value && <p>{t.history.because[value.because as keyof typeof t.history.because] ?? value.because}</p>}
      {value && <ActList history={value.history} />}
      <button type="button" onClick={onClose}>
        {t.history.close}
      </button>
    </Dialog>
  );
}

export function History({which}: {which: string}) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <section>
      <h2>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t.history.title}
        </button>
      </h2>
      {open && <Acts which={which} />}
    </section>
  );
}
