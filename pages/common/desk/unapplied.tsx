import {useState} from 'preact/hooks';
import type {Dossier} from '../dossier';
import {useRead} from '../live';
import {ActDialog} from '../parts/act';
import {TextField} from '../parts/field';
import {Icon} from '../parts/icon';
import {Entered} from '../parts/said';
import {useNames} from '../schema';
import {useLanguage, useTexts} from '../settings';
import {committed} from '../text';
import {clock, parseTime} from '../time';
import {Changes} from './changes';
import type {Item, Unapplied} from './model';
import {signed} from './people';
import {saidText} from './said_text';

type Way = 'approve' | 'dismiss';

/** What comes of it is shown before it is done; a reason is needed either way. */
function DecideDialog({item, way, onClose}: {item: string; way: Way; onClose: () => void}) {
  const t = useTexts();
  const words = t.unapplied.ways[way];
  const [why, setWhy] = useState('');
  const [signs, setSigns] = useState(false);
  const path = signed(`/v1/inbox/${item}/resolutions`);
  const body = committed(why) === '' ? undefined : {[way]: true, why: committed(why)};
  return (
    <ActDialog title={words.title} path={path} body={body} confirm={words.confirm} danger={way === 'dismiss'} signs={signs} onClose={onClose}>
      <p>{words.explain}</p>
      <Changes item={item} body={{[way]: true}} onSigns={setSigns} />
      <TextField label={t.inbox.why} value={why} onChange={setWhy} required lines={2} />
    </ActDialog>
  );
}

function Row({one, proposal}: {one: Unapplied; proposal: boolean}) {
  const t = useTexts();
  const names = useNames();
  const language = useLanguage();
  const [way, setWay] = useState<Way>();
  const {value: item} = useRead<Item>(signed(`/v1/inbox/${one.item}`));
  return (
    <li>
      <strong>{proposal ? t.unapplied.proposed : t.unapplied.refused}</strong> {names.field(one.field)}: <Entered text={saidText(one, names, t)} />
      <span class="hint">
        <Entered text={one.by} /> · {names.unit(one.unit)} · {clock(parseTime(one.at))}
        {one.why && (
          <>
            {' '}
            · {t.history.why} <Entered text={one.why} />
          </>
        )}
        {' · '}
        {one.words[language]}
      </span>
      {item?.mine && (
        <span class="buttons">
          {proposal && (
            <button type="button" class="small primary" onClick={() => setWay('approve')}>
              {t.unapplied.ways.approve.open}
            </button>
          )}
          <button type="button" class="small" onClick={() => setWay('dismiss')}>
            {t.unapplied.ways.dismiss.open}
          </button>
        </span>
      )}
      {way && <DecideDialog item={one.item} way={way} onClose={() => setWay(undefined)} />}
    </li>
  );
}

/** On top of the dossier: what somebody said that does not apply, until the right person accepts or dismisses it. */
export function UnappliedShown({dossier}: {dossier: Dossier}) {
  const t = useTexts();
  const told = new Set(dossier.conflicts.flatMap((conflict) => conflict.values.map((value) => value.op)));
  const refused = dossier.not_applied.filter((one) => !told.has(one.op));
  if (dossier.proposals.length + refused.length === 0) return null;
  return (
    <div class="banner warn">
      <Icon name="stop" />
      <div>
        {t.dossier.notAccepted}
        <ul class="unapplied">
          {dossier.proposals.map((one) => (
            <Row key={one.op} one={one} proposal />
          ))}
          {refused.map((one) => (
            <Row key={one.op} one={one} proposal={false} />
          ))}
        </ul>
      </div>
    </div>
  );
}
