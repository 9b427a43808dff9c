import {useState} from 'preact/hooks';
import {useNow, useRead} from '../common/live';
import {ActDialog} from '../common/parts/act';
import {TextField} from '../common/parts/field';
import {Heading} from '../common/parts/heading';
import {Icon, type IconName} from '../common/parts/icon';
import {Entered, TroubleSaid} from '../common/parts/said';
import {SearchField} from '../common/parts/search_field';
import {TableHead} from '../common/parts/table_head';
import {href} from '../common/route';
import {useNames} from '../common/schema';
import {settings, useTexts} from '../common/settings';
import {useStore} from '../common/store';
import {committed, fold} from '../common/text';
import {age, clock, parseTime} from '../common/time';
import {type Cause, causeOf, type Device, worstFirst} from './centre';

const icons: Record<Cause, IconName> = {
  well: 'check', waiting: 'clock', revoked: 'stop', revoked_contact: 'stop', offline: 'cut', silent: 'cut', no_progress: 'question', clock: 'clock', disk: 'pc',
  rollback: 'history', copy: 'question', audit: 'history', fork: 'question', codes: 'question', quota: 'clock', quarantined: 'question',
};
const bad = new Set<Cause>(['no_progress', 'rollback', 'copy', 'fork', 'disk', 'quarantined', 'revoked_contact']);

function tone(cause: Cause): string {
  if (cause === 'well') return 'applied';
  if (cause === 'revoked') return '';
  return bad.has(cause) ? 'stuck' : 'needs_you';
}

/** What is wrong, since when, and what to do about it. */
function CauseWords({device}: {device: Device}) {
  const t = useTexts();
  const cause = causeOf(device);
  const since = parseTime(device.since);
  const {language} = useStore(settings);
  const own = t.devices.causes[cause as keyof typeof t.devices.causes] ?? {what: cause, todo: ''};
  return (
    <div class={`state ${tone(cause)}`}>
      <span class="words">
        <Icon name={icons[cause]} />
        {device.cause?.[language] ?? own.what}
      </span>
      {since && cause !== 'well' && <span class="when">{t.devices.since(clock(since))}</span>}
      <p>{device.action?.[language] ?? own.todo}</p>
      {cause === 'fork' && <a href={href('to-admit')}>{t.toAdmit.look}</a>}
      {device.link.last_error && cause !== 'well' && <p lang="en">{device.link.last_error}</p>}
    </div>
  );
}

/** Both screens must show the same digits before anybody approves. */
function ApproveDialog({device, onClose}: {device: Device; onClose: () => void}) {
  const t = useTexts();
  const names = useNames();
  const [compared, setCompared] = useState(false);
  const path = `/v1/devices/${device.device}/approval`;
  return (
    <ActDialog title={t.devices.approveTitle} path={path} body={compared ? {} : undefined} confirm={t.devices.approve} cancel={t.devices.notNow} onClose={onClose}>
      <p>
        {names.unit(device.unit)} · <Entered text={device.label || device.device.slice(0, 8)} />
      </p>
      <p>{t.devices.compare}</p>
      <p class="digits">{device.fingerprint}</p>
      <label class="tick">
        <input type="checkbox" checked={compared} onChange={(event) => setCompared(event.currentTarget.checked)} /> {t.devices.compared}
      </label>
    </ActDialog>
  );
}

function RevokeDialog({device, onClose}: {device: Device; onClose: () => void}) {
  const t = useTexts();
  const names = useNames();
  const [reason, setReason] = useState('');
  const path = `/v1/devices/${device.device}/revocation`;
  const body = committed(reason) === '' ? undefined : {reason: committed(reason)};
  return (
    <ActDialog title={t.devices.revokeTitle} path={path} body={body} confirm={t.devices.revoke} cancel={t.devices.keep} danger onClose={onClose}>
      <p>
        {names.unit(device.unit)} · <Entered text={device.label || device.device.slice(0, 8)} />
      </p>
      <p>{t.devices.revokeExplain}</p>
      {device.queue.records > 0 && <p class="warning">{t.devices.revokeUnsent(device.queue.records)}</p>}
      <TextField label={t.devices.reason} value={reason} onChange={setReason} required lines={2} />
    </ActDialog>
  );
}

function Row({device, now, onApprove, onRevoke}: {device: Device; now: Date; onApprove: () => void; onRevoke: () => void}) {
  const t = useTexts();
  const names = useNames();
  const oldest = parseTime(device.queue.oldest_at);
  return (
    <tr>
      <th scope="row">
        {names.unit(device.unit)}
        <span class="hint">
          <Entered text={device.label} /> <span class="code">{device.device.slice(0, 8)}</span> {device.version}
        </span>
      </th>
      <td>
        <CauseWords device={device} />
      </td>
      <td>
        {device.link.state === 'open' ? t.devices.connected : clock(parseTime(device.last_contact_at)) || t.devices.never}
        <span class="hint">{device.receipted.at && t.devices.accepted(clock(parseTime(device.receipted.at)))}</span>
      </td>
      <td>
        {device.queue.records}
        {oldest && <span class="hint">{t.devices.oldest(t.age(age(now.getTime() - oldest.getTime())))}</span>}
      </td>
      <td>{device.conflicts}</td>
      <td>
        {device.standing === 'waiting' && (
          <button type="button" class="small primary" onClick={onApprove}>
            {t.devices.approveOpen}
          </button>
        )}
        {device.standing !== 'revoked' && (
          <button type="button" class="small" onClick={onRevoke}>
            {t.devices.revokeOpen}
          </button>
        )}
      </td>
    </tr>
  );
}

type Asking = {what: 'approve' | 'revoke'; device: Device};

/** A row per device, worst first. */
export function Devices() {
  const t = useTexts();
  const names = useNames();
  const now = useNow();
  const [search, setSearch] = useState('');
  const [asking, setAsking] = useState<Asking>();
  const {value, trouble} = useRead<{devices: Device[]}>('/v1/health');
  const wanted = fold(search);
  const rows = value && worstFirst(value.devices).filter((one) => fold(`${one.unit} ${names.unit(one.unit)} ${one.label} ${one.device}`).includes(wanted));
  return (
    <>
      <Heading>{t.nav.devices}</Heading>
      <div class="tools">
        <SearchField label={t.devices.search} value={search} onValue={setSearch} />
      </div>
      {trouble && <TroubleSaid trouble={trouble} />}
      {rows && (
        <p role="status" class="hint">
          {t.devices.count(rows.length)}
        </p>
      )}
      {rows && rows.length > 0 && (
        <table class="list">
          <TableHead heads={[t.devices.device, t.devices.state, t.devices.contact, t.devices.unsent, t.devices.conflicts, t.devices.acts]} />
          <tbody>
            {rows.map((device) => (
              <Row
                key={device.device}
                device={device}
                now={now}
                onApprove={() => setAsking({what: 'approve', device})}
                onRevoke={() => setAsking({what: 'revoke', device})}
              />
            ))}
          </tbody>
        </table>
      )}
      {asking?.what === 'approve' && <ApproveDialog device={asking.device} onClose={() => setAsking(undefined)} />}
      {asking?.what === 'revoke' && <RevokeDialog device={asking.device} onClose={() => setAsking(undefined)} />}
    </>
  );
}
