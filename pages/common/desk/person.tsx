import {useEffect, useState} from 'preact/hooks';
import {useRead} from '../live';
import {isIn, who} from '../log_in';
import {Dialog} from '../parts/dialog';
import {TextField} from '../parts/field';
import {PersonHere} from '../parts/log_in';
import {useTexts} from '../settings';
import {useStore} from '../store';
import {committed} from '../text';
import type {User} from './model';
import {accounts, addPerson, choosePerson, people} from './people';

const addNew = '#add';

function AddDialog({onClose}: {onClose: () => void}) {
  const t = useTexts();
  const [name, setName] = useState('');
  return (
    <Dialog title={t.person.add} onClose={onClose}>
      <p>{t.person.provesNothing}</p>
      <TextField label={t.person.name} value={name} onChange={setName} />
      <div class="buttons">
        <button type="button" onClick={onClose}>
          {t.dialog.cancel}
        </button>
        <button
          type="button"
          class="primary"
          disabled={committed(name) === ''}
          onClick={() => {
            addPerson(committed(name));
            onClose();
          }}
        >
          {t.person.use}
        </button>
      </div>
    </Dialog>
  );
}

/** Whose name goes into the history: who is logged in; where nobody needs to be, an account of the unit, or, until it has any, whatever name somebody types. */
export function PersonChooser({unit}: {unit: string}) {
  const t = useTexts();
  const {names, chosen} = useStore(people);
  const [adding, setAdding] = useState(false);
  const now = useStore(who);
  const {value} = useRead<{users: User[]}>(unit && isIn(now) ? `/v1/users?unit=${unit}` : undefined);
  const users = value?.users ?? [];
  useEffect(() => accounts.set(value?.users ?? []), [value]);
  const offered = users.length > 0 ? users.filter((user) => user.writes).map((user) => [user.name, user.display || user.name] as const) : names.map((name) => [name, name] as const);
  if (!now) return null;
  if (now.needed) return <PersonHere now={now} />;
  return (
    <div class="person">
      <label>
        <span>{t.person.label}</span>
        <select
          name="person"
          value={offered.some(([name]) => name === chosen) ? chosen : ''}
          onChange={(event) => {
            const picked = event.currentTarget.value;
            if (picked === addNew) {
              event.currentTarget.value = chosen;
              setAdding(true);
            } else choosePerson(picked);
          }}
        >
          <option value="">{users.length > 0 ? t.person.choose : t.person.none}</option>
          {offered.map(([name, shown]) => (
            <option key={name} value={name}>
              {shown}
            </option>
          ))}
          {users.length === 0 && <option value={addNew}>{t.person.add}</option>}
        </select>
      </label>
      {adding && <AddDialog onClose={() => setAdding(false)} />}
    </div>
  );
}
