import {useState} from 'preact/hooks';
import type {Role, User} from '../common/desk/model';
import {useRead} from '../common/live';
import {ActDialog} from '../common/parts/act';
import {Dialog} from '../common/parts/dialog';
import {SelectField, TextField} from '../common/parts/field';
import {Heading} from '../common/parts/heading';
import {Entered, TroubleSaid} from '../common/parts/said';
import {SearchField} from '../common/parts/search_field';
import {TableHead} from '../common/parts/table_head';
import {schema, useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {useStore} from '../common/store';
import {committed, fold} from '../common/text';
import {clock, parseTime} from '../common/time';

const roles: readonly Role[] = ['clerk', 'desk_head', 'leader', 'accountant', 'technician', 'administrator', 'auditor'];

const userPath = (user: User, act: string): string => `/v1/users/${encodeURIComponent(user.name)}/${act}`;

function useRoles(): {value: string; label: string}[] {
  const t = useTexts();
  return roles.map((role) => ({value: role, label: t.users.roles[role]}));
}

/** What `activate` was answered with: the code is told once. */
type Activated = User & {activation?: string; activation_expires?: string};

function ActivateTick({value, onChange}: {value: boolean; onChange: (value: boolean) => void}) {
  const t = useTexts().users;
  return (
    <label class="tick">
      <input type="checkbox" name="activate" checked={value} onChange={(event) => onChange(event.currentTarget.checked)} /> {t.activate}
    </label>
  );
}

function CodeDialog({made, onClose}: {made: Activated; onClose: () => void}) {
  const t = useTexts().users;
  return (
    <Dialog title={t.codeTitle} onClose={onClose}>
      <p>
        <Entered text={made.display || made.name} />
      </p>
      <p class="activation">
        <code>{made.activation}</code>
      </p>
      <p>{t.codeExplain(clock(parseTime(made.activation_expires ?? '')))}</p>
      <div class="buttons">
        <button type="button" class="primary" onClick={onClose}>
          {t.codeNoted}
        </button>
      </div>
    </Dialog>
  );
}

/** A new account. */
function AddUser({onDone, onClose}: {onDone: (user: Activated) => void; onClose: () => void}) {
  const t = useTexts();
  const names = useNames();
  const units = useStore(schema).units;
  const [name, setName] = useState('');
  const [display, setDisplay] = useState('');
  const [unit, setUnit] = useState('');
  const [role, setRole] = useState('clerk');
  const [activate, setActivate] = useState(false);
  const body = unit === '' || committed(name) === '' ? undefined : {name: committed(name), display: committed(display), unit, role, activate};
  return (
    <ActDialog title={t.users.addTitle} path="/v1/users" body={body} confirm={t.users.add} onDone={onDone} onClose={onClose}>
      <p>{t.users.explain}</p>
      <SelectField label={t.users.unit} value={unit} onChange={setUnit} choices={units.map((one) => ({value: one.code, label: names.unit(one.code)}))} empty={t.form.nothing} required name="unit" />
      <TextField label={t.users.name} hint={t.users.nameHint} value={name} onChange={setName} required name="name" />
      <TextField label={t.users.display} value={display} onChange={setDisplay} name="display" />
      <SelectField label={t.users.role} value={role} onChange={setRole} choices={useRoles()} name="role" />
      <ActivateTick value={activate} onChange={setActivate} />
    </ActDialog>
  );
}

function DisableUser({user, onClose}: {user: User; onClose: () => void}) {
  const t = useTexts();
  const names = useNames();
  const [reason, setReason] = useState('');
  const body = committed(reason) === '' ? undefined : {unit: user.unit, reason: committed(reason)};
  return (
    <ActDialog title={t.users.disableTitle} path={userPath(user, 'disabling')} body={body} confirm={t.users.disable} danger onClose={onClose}>
      <p>
        <Entered text={user.display || user.name} /> · {names.unit(user.unit)}
      </p>
      <p>{t.users.disableExplain}</p>
      <TextField label={t.users.reason} value={reason} onChange={setReason} required lines={2} name="reason" />
    </ActDialog>
  );
}

/** Another role or name; one that was disabled stands again. */
function ResetUser({user, onDone, onClose}: {user: User; onDone: (user: Activated) => void; onClose: () => void}) {
  const t = useTexts();
  const names = useNames();
  const [display, setDisplay] = useState(user.display);
  const [role, setRole] = useState<string>(user.role);
  const [activate, setActivate] = useState(false);
  const body = {unit: user.unit, display: committed(display), role, activate};
  return (
    <ActDialog title={t.users.resetTitle} path={userPath(user, 'reset')} body={body} confirm={t.users.reset} onDone={onDone} onClose={onClose}>
      <p>
        <Entered text={user.name} /> · {names.unit(user.unit)}
      </p>
      <TextField label={t.users.display} value={display} onChange={setDisplay} name="display" />
      <SelectField label={t.users.role} value={role} onChange={setRole} choices={useRoles()} name="role" />
      <ActivateTick value={activate} onChange={setActivate} />
    </ActDialog>
  );
}

function Row({user, onDisable, onReset}: {user: User; onDisable: () => void; onReset: () => void}) {
  const t = useTexts();
  const names = useNames();
  return (
    <tr>
      <th scope="row">
        <Entered text={user.display || user.name} />
        <span class="hint">
          <Entered text={user.name} />
        </span>
      </th>
      <td>{names.unit(user.unit)}</td>
      <td>
        {t.users.roles[user.role]}
        {user.key && <span class="hint">{t.users.signs(user.key.slice(0, 8))}</span>}
      </td>
      <td>
        {user.enabled ? t.users.stands : t.users.disabled}
        {user.reason && (
          <span class="hint">
            <Entered text={user.reason} />
          </span>
        )}
      </td>
      <td>
        <button type="button" class="small" onClick={onReset}>
          {t.users.resetOpen}
        </button>
        {user.enabled && (
          <button type="button" class="small" onClick={onDisable}>
            {t.users.disableOpen}
          </button>
        )}
      </td>
    </tr>
  );
}

type Asking = {what: 'add'} | {what: 'disable' | 'reset'; user: User};

/** Who may act in which unit's name. */
export function Users() {
  const t = useTexts();
  const names = useNames();
  const [search, setSearch] = useState('');
  const [asking, setAsking] = useState<Asking>();
  const [made, setMade] = useState<Activated>();
  const {value, trouble} = useRead<{users: User[]}>('/v1/users');
  const wanted = fold(search);
  const rows = value?.users.filter((one) => fold(`${one.name} ${one.display} ${one.unit} ${names.unit(one.unit)}`).includes(wanted));
  const close = (): void => setAsking(undefined);
  return (
    <>
      <Heading>{t.nav.users}</Heading>
      <div class="tools">
        <SearchField label={t.users.search} value={search} onValue={setSearch} />
        <button type="button" class="primary" onClick={() => setAsking({what: 'add'})}>
          {t.users.addOpen}
        </button>
      </div>
      {trouble && <TroubleSaid trouble={trouble} />}
      {rows && (
        <p role="status" class="hint">
          {value?.users.length === 0 ? t.users.none : t.users.count(rows.length)}
        </p>
      )}
      {rows && rows.length > 0 && (
        <table class="list">
          <TableHead heads={[t.users.person, t.users.unit, t.users.role, t.users.standing, t.devices.acts]} />
          <tbody>
            {rows.map((user) => (
              <Row key={`${user.unit}/${user.name}`} user={user} onDisable={() => setAsking({what: 'disable', user})} onReset={() => setAsking({what: 'reset', user})} />
            ))}
          </tbody>
        </table>
      )}
      {asking?.what === 'add' && <AddUser onDone={setMade} onClose={close} />}
      {asking?.what === 'disable' && <DisableUser user={asking.user} onClose={close} />}
      {asking?.what === 'reset' && <ResetUser user={asking.user} onDone={setMade} onClose={close} />}
      {made?.activation && <CodeDialog made={made} onClose={() => setMade(undefined)} />}
    </>
  );
}
