import {useState} from 'preact/hooks';
import {useRead} from '../common/live';
import {Heading} from '../common/parts/heading';
import {Banner, Entered, TroubleSaid} from '../common/parts/said';
import {TableHead} from '../common/parts/table_head';
import {href} from '../common/route';
import {useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {clock, parseTime} from '../common/time';
import {bring, type Brought, fileBytesMax, type ForkSide, type HandedIn} from './to_admit';

/** Which PC. */
export function Pc({of}: {of: {unit: string; label: string; device: string}}) {
  const names = useNames();
  return (
    <>
      {names.unit(of.unit)}{' '}
      <span class="hint">
        <Entered text={of.label} /> <span class="code">{of.device.slice(0, 8)}</span>
      </span>
    </>
  );
}

/** A file goes to the centre as the command line brings it. */
function Bring() {
  const t = useTexts().toAdmit;
  const [said, setSaid] = useState<Brought>();
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  const take = async (file: File | undefined): Promise<void> => {
    setSaid(undefined);
    setWrong('');
    if (!file) return;
    if (file.size > fileBytesMax) return setWrong(t.fileTooLarge);
    setBusy(true);
    const brought = await bring(file, setSaid);
    setBusy(false);
    setSaid(brought);
    if (!brought) setWrong(t.notSuchFile);
  };
  return (
    <>
      <p>
        <label class="file">
          {t.bring}{' '}
          <input
            type="file"
            name="handed-in"
            disabled={busy}
            onChange={(event) => {
              const input = event.currentTarget;
              void take(input.files?.[0]).then(() => {
                input.value = '';
              });
            }}
          />
        </label>
      </p>
      <div role="status">
        {wrong && (
          <Banner kind="bad" icon="stop">
            {wrong}
          </Banner>
        )}
        {said && (
          <Banner kind={said.trouble ? 'warn' : 'good'} icon={busy ? 'clock' : 'check'}>
            {t.brought(said.taken, said.known)}
          </Banner>
        )}
      </div>
      {said?.trouble && <TroubleSaid trouble={said.trouble} />}
    </>
  );
}

function HandedInTable({lines, rejected}: {lines: readonly HandedIn[]; rejected: boolean}) {
  const t = useTexts().toAdmit;
  return (
    <table class="list">
      <TableHead heads={[t.pc, t.records, t.broughtAt, rejected ? t.reason : t.next]} />
      <tbody>
        {lines.map((line) => (
          <tr key={`${line.id}/${line.first}/${line.reason}`}>
            <th scope="row">
              <Pc of={line} />
            </th>
            <td>
              {line.records} <span class="hint">{t.numbers(line.first, line.end - 1)}</span>
            </td>
            <td>{clock(parseTime(line.brought_at))}</td>
            <td>{rejected ? <Entered text={line.reason} /> : <a href={href('to-admit', 'handed-in', line.id)}>{t.look}</a>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ForkTable({sides}: {sides: readonly ForkSide[]}) {
  const t = useTexts().toAdmit;
  return (
    <table class="list">
      <TableHead heads={[t.pc, t.records, t.came, t.next]} />
      <tbody>
        {sides.map((side) => (
          <tr key={side.id}>
            <th scope="row">
              <Pc of={side} />
            </th>
            <td>
              {side.records} <span class="hint">{t.numbers(side.first, side.last)}</span>
            </td>
            <td>
              {clock(parseTime(side.came_at))}
              <span class="hint">{side.came_first ? t.cameFirst : t.cameLater}</span>
            </td>
            <td>
              <a href={href('to-admit', 'fork', side.id)}>{t.look}</a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What no rule can judge: a person lets it in, or not. */
export function ToAdmit() {
  const t = useTexts().toAdmit;
  const handedIn = useRead<{handed_in: HandedIn[]}>('/v1/handed-in');
  const forks = useRead<{forks: ForkSide[]}>('/v1/forks');
  const waiting = handedIn.value?.handed_in.filter((line) => line.state === 'waiting');
  const rejected = handedIn.value?.handed_in.filter((line) => line.state === 'rejected') ?? [];
  const sides = forks.value?.forks;
  return (
    <>
      <Heading>{t.title}</Heading>
      <p class="hint">{t.explain}</p>
      {handedIn.trouble && <TroubleSaid trouble={handedIn.trouble} />}
      {forks.trouble && <TroubleSaid trouble={forks.trouble} />}
      <section>
        <h2>{t.ofRevoked}</h2>
        <p class="hint">{t.ofRevokedExplain}</p>
        {waiting && (waiting.length > 0 ? <HandedInTable lines={waiting} rejected={false} /> : <p>{t.none}</p>)}
        <Bring />
        {rejected.length > 0 && (
          <details>
            <summary>{t.rejected(rejected.length)}</summary>
            <HandedInTable lines={rejected} rejected />
          </details>
        )}
      </section>
      <section>
        <h2>{t.forks}</h2>
        <p class="hint">{t.forksExplain}</p>
        {sides && (sides.length > 0 ? <ForkTable sides={sides} /> : <p>{t.none}</p>)}
      </section>
    </>
  );
}
