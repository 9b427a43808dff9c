import {useEffect, useState} from 'preact/hooks';
import {newKey, type Trouble, write} from '../common/api';
import {SelectField, TextField} from '../common/parts/field';
import {Heading} from '../common/parts/heading';
import {Banner, TroubleSaid} from '../common/parts/said';
import {schema, useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {useStore} from '../common/store';
import {committed} from '../common/text';
import {clock, parseTime} from '../common/time';
import type {CentreStatus} from './centre';

type Ticket = {ticket: string; code: string; unit: string; expires: string; qr: {size: number; path: string}};

/** With the margin that scanners need, in black on white whatever the page's colours are. */
function Code({qr}: {qr: Ticket['qr']}) {
  const t = useTexts();
  const side = qr.size + 8;
  return (
    <svg class="qr" role="img" aria-label={t.tickets.qr} viewBox={`-4 -4 ${side} ${side}`} shape-rendering="crispEdges">
      <path fill="#fff" d={`M-4-4h${side}v${side}h-${side}z`} />
      <path fill="#000" d={qr.path} />
    </svg>
  );
}

/** The file goes from memory to the disk of whoever asked; the code is shown when somebody asks for it, as a screen is seen by many. */
function Download({made}: {made: Ticket}) {
  const t = useTexts();
  const names = useNames();
  const [address, setAddress] = useState('');
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([made.ticket], {type: 'text/plain'}));
    setAddress(url);
    return () => URL.revokeObjectURL(url);
  }, [made]);
  return (
    <div role="status">
      <Banner kind="good" icon="ticket">
        <strong>{t.tickets.made(names.unit(made.unit), clock(parseTime(made.expires)))}</strong>
        <p>
          <a class="button" href={address} download={`${made.unit}.ticket`}>
            {t.tickets.download}
          </a>
        </p>
        <p>{t.tickets.next}</p>
        <details>
          <summary>{t.tickets.show}</summary>
          <p>{t.tickets.scan}</p>
          <Code qr={made.qr} />
          <p>{t.tickets.type}</p>
          <p>
            <strong class="mono">{made.code}</strong>
          </p>
        </details>
      </Banner>
    </div>
  );
}

/** What lets one new PC join, once. */
export function Tickets({status}: {status: CentreStatus | undefined}) {
  const t = useTexts();
  const names = useNames();
  const units = useStore(schema).units;
  const [unit, setUnit] = useState('');
  const [label, setLabel] = useState('');
  const [address, setAddress] = useState<string>();
  const [hours, setHours] = useState('168');
  const [made, setMade] = useState<Ticket>();
  const [trouble, setTrouble] = useState<Trouble>();
  const where = address ?? status?.listen ?? '';
  const send = async (): Promise<void> => {
    setMade(undefined);
    const body = {unit, label: committed(label), address: committed(where), hours: Number(hours)};
    const answer = await write<Ticket>('/v1/tickets', body, newKey());
    if (answer.ok) setMade(answer.value);
    setTrouble(answer.ok ? undefined : answer.trouble);
  };
  const choices = units.map((one) => ({value: one.code, label: `${one.code} · ${names.unit(one.code)}`}));
  const times = [
    ['24', t.age({unit: 'days', count: 1})],
    ['168', t.age({unit: 'days', count: 7})],
    ['720', t.age({unit: 'days', count: 30})],
  ] as const;
  return (
    <>
      <Heading>{t.nav.tickets}</Heading>
      <p>{t.tickets.explain}</p>
      <div class="form">
        <SelectField label={t.tickets.unit} value={unit} onChange={setUnit} choices={choices} empty={t.form.nothing} required />
        <TextField label={t.tickets.label} value={label} onChange={setLabel} hint={t.tickets.labelHint} />
        <TextField label={t.tickets.address} value={where} onChange={setAddress} hint={t.tickets.addressHint} required />
        <SelectField label={t.tickets.hours} value={hours} onChange={setHours} choices={times.map(([value, text]) => ({value, label: text}))} />
      </div>
      {trouble && <TroubleSaid trouble={trouble} />}
      <div class="buttons">
        <button type="button" class="primary" disabled={unit === '' || committed(where) === ''} onClick={() => void send()}>
          {t.tickets.make}
        </button>
      </div>
      {made && <Download made={made} />}
    </>
  );
}
