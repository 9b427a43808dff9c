import {useState} from 'preact/hooks';
import {type Dossier, dossierPath, valueText} from '../dossier';
import {useNow} from '../live';
import {ActDialog} from '../parts/act';
import {TextField} from '../parts/field';
import {Icon} from '../parts/icon';
import {Picker} from '../parts/picker';
import {Banner, Entered} from '../parts/said';
import {href} from '../route';
import {schema, useNames} from '../schema';
import {useTexts} from '../settings';
import {useStore} from '../store';
import {committed} from '../text';
import {clock, parseTime} from '../time';
import type {Here, Offer} from './model';
import {signed, useOwnKey} from './people';

export type Answering = 'accept' | 'decline' | 'recall';

/** To whom, and what goes with it. The dossier stays here until they have accepted. */
export function OfferDialog({dossier, here, onClose}: {dossier: Dossier; here: Here; onClose: () => void}) {
  const t = useTexts();
  const names = useNames();
  const units = useStore(schema).units;
  const [to, setTo] = useState('');
  const [note, setNote] = useState('');
  const picks = units.filter((unit) => unit.code !== here.unit).map((unit) => ({code: unit.code, name: names.unit(unit.code), note: ''}));
  const path = signed(`${dossierPath(dossier.id)}/hand-overs`);
  const body = to === '' ? undefined : {to, note: committed(note), seen: dossier.version};
  return (
    <ActDialog title={t.custody.offerTitle} path={path} body={body} confirm={t.custody.offer} signs={useOwnKey()} onClose={onClose}>
      <p>{t.custody.offerExplain}</p>
      <Picker label={t.custody.to} picks={picks} chosen={to} onChoose={setTo} required hint={t.custody.toHint} none={t.custody.noUnit} />
      <TextField label={t.custody.note} value={note} onChange={setNote} hint={t.custody.noteHint} lines={2} />
    </ActDialog>
  );
}

/** Which dossier it is about. */
export type About = {id: string; owner: string; code: string};

/** Whoever takes a dossier over has counted its papers; whoever does not says why. */
export function AnswerDialog({about, offer, papers, what, onClose}: {about: About; offer: Offer; papers: readonly string[]; what: Answering; onClose: () => void}) {
  const t = useTexts();
  const names = useNames();
  const words = t.custody.answers[what];
  const [checked, setChecked] = useState(false);
  const [why, setWhy] = useState('');
  const ready = what === 'accept' ? checked : what === 'recall' || committed(why) !== '';
  const said = committed(why);
  const body = said === '' ? {} : {[what === 'accept' ? 'note' : 'reason']: said};
  const path = signed(`${dossierPath(about.id)}/hand-overs/${offer.id}/${what}`);
  return (
    <ActDialog title={words.title} path={path} body={ready ? body : undefined} confirm={words.confirm} danger={what === 'decline'} signs={useOwnKey()} onClose={onClose}>
      <p>
        <strong>
          <Entered text={about.owner || t.list.noOwner} />
        </strong>{' '}
        <span class="code">
          <Entered text={about.code || t.list.noCode} />
        </span>
      </p>
      <p>
        {names.unit(offer.from)} → {names.unit(offer.to)} · <Entered text={offer.by} /> · {clock(parseTime(offer.at))}
      </p>
      {offer.note && (
        <p>
          {t.custody.note}: <Entered text={offer.note} />
        </p>
      )}
      <p>{words.explain}</p>
      {what === 'accept' && (
        <>
          <ul>
            {papers.map((paper, index) => (
              <li key={index}>
                <Entered text={paper} />
              </li>
            ))}
          </ul>
          <label class="tick">
            <input type="checkbox" checked={checked} onChange={(event) => setChecked(event.currentTarget.checked)} /> {t.custody.papersChecked(papers.length)}
          </label>
        </>
      )}
      <TextField label={words.why} value={why} onChange={setWhy} required={what === 'decline'} lines={2} />
    </ActDialog>
  );
}

/** What lies in the bundle, as far as the dossier knows. */
export function papersOf(dossier: Dossier): string[] {
  const parts = dossier.parts.map((part) => String(part['TenTepDinhKem'] ?? ''));
  const papers = (dossier.collections['DanhSachTepDinhKemKhac'] ?? []).map((paper) => `${String(paper['TenGiayTo'] ?? '')} × ${String(paper['SoLuong'] ?? 1)}`);
  return [...parts, ...papers].filter((name) => name !== '');
}

/** An offer is late when nobody has answered it for a working day; the daemon knows when that is. */
export function isLate(lateFrom: string, now: Date): boolean {
  const at = parseTime(lateFrom);
  return at !== undefined && at <= now;
}

type Asked = {what: Answering; offer: Offer};

/** Where the dossier is. In flight it has both names. `elsewhere`: what to say where another unit holds it. */
export function CustodyShown({dossier, here, elsewhere}: {dossier: Dossier; here: Here; elsewhere?: string}) {
  const t = useTexts();
  const names = useNames();
  useNow();
  const [offering, setOffering] = useState(false);
  const [asked, setAsked] = useState<Asked>();
  const {custody} = dossier;
  const mine = custody.unit === here.unit;
  const about = {id: dossier.id, owner: valueText(dossier.fields['ChuHoSo']), code: dossier.code};
  return (
    <section class="custody" aria-label={t.custody.title}>
      <p>
        {t.custody.heldBy} <strong>{names.unit(custody.unit)}</strong> {t.custody.since(clock(parseTime(custody.since)))} ·{' '}
        <a href={href('dossiers', dossier.id, 'slip')}>{t.slip.open}</a>
      </p>
      {custody.pending.map((offer) => (
        <Banner key={offer.id} kind="calm" icon="out">
          <strong>
            {t.custody.inFlight} {names.unit(offer.from)} → {names.unit(offer.to)}
          </strong>
          <p>
            <Entered text={offer.by} /> · {clock(parseTime(offer.at))}
            {offer.note && (
              <>
                {' '}
                · {t.custody.note}: <Entered text={offer.note} />
              </>
            )}
          </p>
          <p class="buttons">
            {offer.to === here.unit && (
              <>
                <button type="button" class="small primary" onClick={() => setAsked({what: 'accept', offer})}>
                  {t.custody.answers.accept.open}
                </button>
                <button type="button" class="small" onClick={() => setAsked({what: 'decline', offer})}>
                  {t.custody.answers.decline.open}
                </button>
              </>
            )}
            {mine && (
              <button type="button" class="small" onClick={() => setAsked({what: 'recall', offer})}>
                {t.custody.answers.recall.open}
              </button>
            )}
          </p>
        </Banner>
      ))}
      {mine && (
        <p>
          <button type="button" class="small" onClick={() => setOffering(true)}>
            <Icon name="out" /> {t.custody.open}
          </button>
        </p>
      )}
      {!mine && here.unit !== '' && elsewhere && <p class="hint">{elsewhere}</p>}
      {offering && <OfferDialog dossier={dossier} here={here} onClose={() => setOffering(false)} />}
      {asked && <AnswerDialog about={about} offer={asked.offer} papers={papersOf(dossier)} what={asked.what} onClose={() => setAsked(undefined)} />}
    </section>
  );
}
