import {useEffect} from 'preact/hooks';
import {HandOvers} from '../common/desk/hand_overs';
import {Inbox} from '../common/desk/inbox';
import type {Here} from '../common/desk/model';
import {signed, useWriter} from '../common/desk/people';
import {PersonChooser} from '../common/desk/person';
import {SlipPage} from '../common/desk/slip';
import {useKnown, useRead} from '../common/live';
import {Icon} from '../common/parts/icon';
import {Gate} from '../common/parts/log_in';
import {type NavItem, Shell} from '../common/parts/shell';
import {go, href, place, useRoute} from '../common/route';
import {useReady} from '../common/schema';
import {useTexts} from '../common/settings';
import {type CentreStatus, type Device, causeOf} from './centre';
import {Devices} from './devices';
import {DossierPage, Dossiers} from './dossiers';
import {Erasures} from './erasures';
import {Reports} from './reports';
import {Tickets} from './tickets';
import {ToAdmit} from './to_admit_list';
import {ForkOne, HandedInOne} from './to_admit_one';
import {Users} from './users';

function useSearchKey(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== 'F4' || event.altKey || event.ctrlKey || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      if (!document.getElementById('search')) go();
      requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById('search')?.focus()));
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}

function View({status}: {status: CentreStatus | undefined}) {
  const [where, id, what] = useRoute();
  const here: Here = {unit: status?.desk.unit ?? '', device: status?.desk.device ?? ''};
  if (where === 'dossiers' && id) return what === 'slip' ? <SlipPage key={id} id={id} /> : <DossierPage key={id} id={id} here={here} />;
  if (where === 'dossiers') return <Dossiers />;
  if (where === 'hand-overs') return <HandOvers here={here} all />;
  if (where === 'inbox') return <Inbox here={here} only={id} />;
  if (where === 'reports') return <Reports />;
  if (where === 'tickets') return <Tickets status={status} />;
  if (where === 'users') return <Users />;
  if (where === 'erasures') return <Erasures />;
  if (where === 'to-admit' && what) return id === 'fork' ? <ForkOne key={what} id={what} /> : <HandedInOne key={what} id={what} />;
  if (where === 'to-admit') return <ToAdmit />;
  return <Devices />;
}

/** How the city is doing, in one line. */
function Summary({devices, late}: {devices: readonly Device[]; late: number}) {
  const t = useTexts();
  const waiting = devices.filter((device) => causeOf(device) === 'waiting').length;
  const wrong = devices.filter((device) => !['well', 'waiting', 'revoked'].includes(causeOf(device))).length;
  const linked = devices.filter((device) => device.link.state === 'open').length;
  return (
    <>
      <p class={wrong + waiting > 0 ? 'chip warn' : 'chip'}>
        <Icon name={wrong + waiting > 0 ? 'question' : 'check'} />
        <span>
          <strong>{wrong + waiting === 0 ? t.centre.well : [wrong > 0 ? t.centre.alerts(wrong) : '', waiting > 0 ? t.centre.waiting(waiting) : ''].filter(Boolean).join(' · ')}</strong> ·{' '}
          {t.centre.links(linked)}
        </span>
      </p>
      {late > 0 && (
        <p class="chip warn">
          <Icon name="clock" />
          <a href={href('hand-overs')}>{t.centre.late(late)}</a>
        </p>
      )}
    </>
  );
}

export function App() {
  const t = useTexts();
  const ready = useReady();
  const [where] = useRoute();
  useWriter();
  const {value: status} = useRead<CentreStatus>(signed('/v1/status'));
  const {value: last} = useRead<{devices: Device[]}>('/v1/health');
  const health = useKnown() ? last : undefined;
  const late = status?.desk.hand_overs.late_anywhere ?? 0;
  const toAdmit = status && status.to_admit.handed_in + status.to_admit.fork_sides;
  useSearchKey();
  const nav: NavItem[] = [
    {href: href(), label: t.nav.devices, current: place().length === 0, count: health?.devices.length},
    {href: href('dossiers'), label: t.nav.dossiers, current: where === 'dossiers'},
    {href: href('hand-overs'), label: t.nav.handOvers, current: where === 'hand-overs', count: status?.desk.hand_overs.to_us, urgent: late > 0},
    {href: href('inbox'), label: t.nav.inbox, current: where === 'inbox', count: status?.desk.to_decide.mine},
    {href: href('to-admit'), label: t.nav.toAdmit, current: where === 'to-admit', count: toAdmit, urgent: (toAdmit ?? 0) > 0},
    {href: href('reports'), label: t.nav.reports, current: where === 'reports'},
    {href: href('tickets'), label: t.nav.tickets, current: where === 'tickets'},
    {href: href('users'), label: t.nav.users, current: where === 'users'},
    {href: href('erasures'), label: t.nav.erasures, current: where === 'erasures', count: status?.erasures.open, urgent: (status?.erasures.late ?? 0) > 0},
  ];
  return (
    <Shell title="wardsync" subtitle={status ? t.centre.subtitle(status.organisation) : ''} command="wardsync-centre page" nav={nav} aside={<PersonChooser unit={status?.desk.unit ?? ''} />} status={health && <Summary devices={health.devices} late={late} />}>
      <Gate>{ready ? <View status={status} /> : <p>{t.nav.loading}</p>}</Gate>
    </Shell>
  );
}
