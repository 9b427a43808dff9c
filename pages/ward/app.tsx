import {useEffect} from 'preact/hooks';
import {session} from '../common/api';
import {useKnown, useRead} from '../common/live';
import {who} from '../common/log_in';
import {Gate} from '../common/parts/log_in';
import {Shell, type NavItem} from '../common/parts/shell';
import {go, href, place, useRoute} from '../common/route';
import {useNames, useReady} from '../common/schema';
import {useTexts} from '../common/settings';
import {useStore} from '../common/store';
import {DossierPage} from './dossier';
import {draftsRead, draftsAreOf, openDrafts} from './drafts';
import {EditDossier} from './edit';
import {HandOvers} from '../common/desk/hand_overs';
import {Inbox} from '../common/desk/inbox';
import {AnotherCode} from './another_code';
import type {Here} from '../common/desk/model';
import {signed, useWriter} from '../common/desk/people';
import {SlipPage} from '../common/desk/slip';
import {List} from './list';
import {Alarms, Machine} from './machine';
import {NewDossier} from './new';
import {Outbox} from './outbox';
import {PersonChooser} from '../common/desk/person';
import {Exposure, LinkWords} from './state';
import type {WardStatus} from './ward';

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
      return <Inbox here={here} only={id} tellApart={(sharer) => <AnotherCode sharer={sharer} />} />;
    case 'machine':
      return <Machine status={status} />;
  }
  return <List status={status} />;
}

/** Each person who logs in, and else each account, has drafts of its own. False until they are here. */
function useDrafts(): boolean {
  const opened = useStore(session);
  const now = useStore(who);
  const user = now?.needed ? (now.user ?? '') : undefined;
  useEffect(() => {
    if (opened.state === 'open' && now) openDrafts(opened.account, user);
  }, [opened, now === undefined, user]);
  // While the daemon does not answer, what is on the screen stays.
  return useStore(draftsRead) && (opened.state !== 'open' || draftsAreOf(opened.account, user));
}

export function App() {
  const t = useTexts();
  const names = useNames();
  const [where] = useRoute();
  const ready = useReady();
  useWriter();
  const {value: last} = useRead<WardStatus>(signed('/v1/status'));
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
    {...item(t.nav.inbox, status && status.to_decide.mine + status.codes.shared, 'inbox'), urgent: true},
    item(t.nav.machine, undefined, 'machine'),
  ];
  return (
    <Shell
      title="wardsync"
      subtitle={last ? names.unit(last.unit) : ''}
      command="wardsync page"
      nav={nav}
      aside={<PersonChooser unit={here.unit} />}
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
      <Gate>{ready && draftsHere ? <View status={status} here={here} /> : <p>{t.nav.loading}</p>}</Gate>
    </Shell>
  );
}
