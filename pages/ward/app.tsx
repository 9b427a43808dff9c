import {useEffect, useState} from 'preact/hooks';
import {session} from '../common/api';
import {useKnown, useRead} from '../common/live';
import {Dialog} from '../common/parts/dialog';
import {TextField} from '../common/parts/field';
import {Shell, type NavItem} from '../common/parts/shell';
import {go, href, place, useRoute} from '../common/route';
import {useNames, useReady} from '../common/schema';
import {useTexts} from '../common/settings';
import {useStore} from '../common/store';
import {committed} from '../common/text';
import {DossierPage} from './dossier';
import {draftsRead, openDrafts} from './drafts';
import {EditDossier} from './edit';
import {HandOvers} from '../common/desk/hand_overs';
import {Inbox} from '../common/desk/inbox';
import type {Here} from '../common/desk/model';
import {SlipPage} from '../common/desk/slip';
import {List} from './list';
import {Alarms, Machine} from './machine';
import {NewDossier} from './new';
import {Outbox} from './outbox';
import {addPerson, choosePerson, people} from '../common/desk/people';
import {Exposure, LinkWords} from './state';
import type {WardStatus} from './ward';

const addNew = '#add';

/** Whose name goes into the history on a shared account. */
function PersonChooser() {
  const t = useTexts();
  const {names, chosen} = useStore(people);
  const [adding, setAdding] = useState(false);
  const [name, setName] = useState('');
  return (
    <div class="person">
      <label>
        <span>{t.person.label}</span>
        <select
          name="person"
          value={chosen}
          onChange={(event) => {
            const value = event.currentTarget.value;
            if (value === addNew) {
              event.currentTarget.value = chosen;
              setAdding(true);
            } else choosePerson(value);
          }}
        >
          <option value="">{t.person.none}</option>
          {names.map((known) => (
            <option key={known} value={known}>
              {known}
            </option>
          ))}
          <option value={addNew}>{t.person.add}</option>
        </select>
      </label>
      {adding && (
        <Dialog title={t.person.add} onClose={() => setAdding(false)}>
          <p>{t.person.provesNothing}</p>
          <TextField label={t.person.name} value={name} onChange={setName} />
          <div class="buttons">
            <button type="button" onClick={() => setAdding(false)}>
              {t.dialog.cancel}
            </button>
            <button
              type="button"
              class="primary"
              disabled={committed(name) === ''}
              onClick={() => {
                addPerson(committed(name));
                setName('');
                setAdding(false);
              }}
            >
              {t.person.use}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

/** F-keys and Alt only: a letter always writes itself. */
function useKeys(): void {
  useEffect(() => {
    const acts: Record<string, () => void> = {
      F2: () => go('new'),
      F4: () => {
        if (place().length > 0) go();
        requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById('search')?.focus()));
      },
      F6: () => {
        const [where, id, what] = place();
        if (where === 'dossiers' && id && what === undefined) go('dossiers', id, 'edit');
      },
      F8: () => dispatchEvent(new Event('ward:more')),
      F9: () => dispatchEvent(new Event('ward:save')),
    };
    const pressed = (event: KeyboardEvent): void => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector('dialog[open]')) return;
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}

function View({status, here}: {status: WardStatus | undefined; here: Here}) {
  const [where, id, what, draft] = useRoute();
  switch (where) {
    case 'new':
      return <NewDossier key={id ?? ''} draftId={id} />;
    case 'dossiers':
      if (!id) break;
      if (what === 'edit') return <EditDossier key={id} id={id} draftId={draft} here={here} />;
      return what === 'slip' ? <SlipPage key={id} id={id} /> : <DossierPage key={id} id={id} status={status} here={here} />;
    case 'hand-overs':
      return <HandOvers here={here} />;
    case 'outbox':
      return <Outbox status={status} />;
    case 'inbox':
      return <Inbox here={here} only={id} />;
    case 'machine':
      return <Machine status={status} />;
  }
  return <List status={status} />;
}

/** Each account has drafts of its own. False until they are here. */
function useDrafts(): boolean {
  const opened = useStore(session);
  useEffect(() => {
    if (opened.state === 'open') openDrafts(opened.account);
  }, [opened]);
  return useStore(draftsRead);
}

export function App() {
  const t = useTexts();
  const names = useNames();
  const [where] = useRoute();
  const ready = useReady();
  const {value: last} = useRead<WardStatus>('/v1/status');
  const status = useKnown() ? last : undefined; // counts and links of before would be lies
  const here: Here = {unit: last?.unit ?? '', device: last?.device ?? ''};
  const draftsHere = useDrafts();
  useKeys();
  const item = (label: string, count: number | undefined, ...parts: string[]): NavItem => ({href: href(...parts), label, current: where === parts[0], count});
  const nav: NavItem[] = [
    {...item(t.nav.dossiers, undefined), current: where === undefined || where === 'dossiers'},
    item(t.nav.newDossier, undefined, 'new'),
    item(t.nav.outbox, status?.exposure.dossiers, 'outbox'),
    {...item(t.nav.handOvers, status?.hand_overs.to_us, 'hand-overs'), urgent: (status?.hand_overs.late ?? 0) > 0},
    {...item(t.nav.inbox, status && status.conflicts + status.attention, 'inbox'), urgent: true},
    item(t.nav.machine, undefined, 'machine'),
  ];
  return (
    <Shell
      title="wardsync"
      subtitle={last ? names.unit(last.unit) : ''}
      command="wardsync page"
      nav={nav}
      aside={<PersonChooser />}
      status={
        status && (
          <>
            <LinkWords status={status} />
            <Exposure status={status} />
            <Alarms status={status} />
          </>
        )
      }
    >
      {ready && draftsHere ? <View status={status} here={here} /> : <p>{t.nav.loading}</p>}
    </Shell>
  );
}
