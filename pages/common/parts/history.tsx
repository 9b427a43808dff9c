import {useState} from 'preact/hooks';
import {dossierPath, type HistoryEntry} from '../dossier';
import {useRead} from '../live';
import {type Names, useNames} from '../schema';
import {useTexts} from '../settings';
import {clock, parseTime} from '../time';
import {Entered, TroubleSaid} from './said';

function Line({entry, names}: {entry: HistoryEntry; names: Names}) {
  const t = useTexts();
  const standing = t.history.standings[entry.standing as keyof typeof t.history.standings] ?? entry.standing;
  return (
    <tr>
      <td>{clock(parseTime(entry.at))}</td>
      <td>{names.field(entry.field)}</td>
      <td>
        <Entered text={names.value(entry.field, entry.value) || t.inbox.empty} />
      </td>
      <td>
        <Entered text={entry.by} />
        <span class="hint">
          {names.unit(entry.unit)} · {t.history.device(entry.device.slice(0, 8))}
        </span>
      </td>
      <td>
        {standing}
        {entry.why && (
          <span class="hint">
            {t.history.why} <Entered text={entry.why} />
          </span>
        )}
      </td>
    </tr>
  );
}

/** Who entered what and when, newest first. Nothing that was ever entered is missing here. */
function Lines({which}: {which: string}) {
  const t = useTexts();
  const names = useNames();
  const {value, trouble} = useRead<{history: HistoryEntry[]}>(`${dossierPath(which)}/history`);
  if (trouble) return <TroubleSaid trouble={trouble} />;
  if (!value) return null;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t.history.title}>
      <table class="list">
        <thead>
          <tr>
            {[t.history.when, t.history.field, t.history.value, t.history.who, t.history.standing].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...value.history].reverse().map((entry) => (
            <Line key={entry.op} entry={entry} names={names} />
          ))}
        </tbody>
      </table>
    </div>
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
      {open && <Lines which={which} />}
    </section>
  );
}
