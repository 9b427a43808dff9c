import {useState} from 'preact/hooks';
import {dossierPath} from '../dossier';
import {ActDialog} from '../parts/act';
import {TextField} from '../parts/field';
import {Pager, usePages} from '../parts/pager';
import {Entered, TroubleSaid} from '../parts/said';
import {href} from '../route';
import {useNames} from '../schema';
import {useTexts} from '../settings';
import {committed} from '../text';
import {shownDate} from '../time';
import {signed} from './people';

type Matter = {id: string; code: string; owner: string; procedure: string; procedure_name: string; status: string; received: string; unit: string};
type Pair = {one: Matter; other: Matter};
type DuplicatePage = {duplicates: Pair[]; next: string};

const pageSize = 20;

function One({matter}: {matter: Matter}) {
  const t = useTexts();
  const names = useNames();
  return (
    <p>
      <a href={href('dossiers', matter.id)}>{matter.code ? <Entered text={matter.code} /> : t.list.noCode}</a> · {names.unit(matter.unit)} · {names.status(matter.status)}{' '}
      <span class="hint">{shownDate(matter.received)}</span>
    </p>
  );
}

/** Either way it is noted in both, with the reason, and the pair is suggested no more. */
function LinkDialog({pair, same, onClose}: {pair: Pair; same: boolean; onClose: () => void}) {
  const t = useTexts();
  const [why, setWhy] = useState('');
  const path = signed(`${dossierPath(pair.one.id)}/links`);
  const body = committed(why) === '' ? undefined : {other: pair.other.id, same, why: committed(why)};
  return (
    <ActDialog title={same ? t.dossiers.same : t.dossiers.different} path={path} body={body} confirm={t.dossiers.linkConfirm} onClose={onClose}>
      <One matter={pair.one} />
      <One matter={pair.other} />
      <p>{t.dossiers.duplicatesWhy}</p>
      <TextField label={t.dossiers.linkWhy} value={why} onChange={setWhy} required lines={2} />
    </ActDialog>
  );
}

/** Dossiers of one citizen and one procedure; nothing where there are none. */
export function Duplicates() {
  const t = useTexts();
  const names = useNames();
  const [asked, setAsked] = useState<{pair: Pair; same: boolean}>();
  const {value, trouble, paging} = usePages<DuplicatePage>('/v1/duplicates', pageSize, (page) => page.duplicates.length);
  if (!trouble && paging.count === 0 && !paging.back && !paging.forward) return null;
  return (
    <section aria-label={t.dossiers.duplicates}>
      <h2>{t.dossiers.duplicates}</h2>
      <p class="hint">{t.dossiers.duplicatesWhy}</p>
      {trouble && <TroubleSaid trouble={trouble} />}
      <ul class="acts">
        {value?.duplicates.map((pair) => (
          <li key={pair.one.id + pair.other.id} class="card">
            <p>
              <strong>
                <Entered text={pair.one.owner || t.list.noOwner} />
              </strong>{' '}
              · <Entered text={pair.one.procedure_name || names.procedure(pair.one.procedure)} />
            </p>
            <One matter={pair.one} />
            <One matter={pair.other} />
            <p class="buttons">
              <button type="button" class="small" onClick={() => setAsked({pair, same: true})}>
                {t.dossiers.same}
              </button>
              <button type="button" class="small" onClick={() => setAsked({pair, same: false})}>
                {t.dossiers.different}
              </button>
            </p>
          </li>
        ))}
      </ul>
      <Pager paging={paging} label={t.dossiers.duplicates} />
      {asked && <LinkDialog pair={asked.pair} same={asked.same} onClose={() => setAsked(undefined)} />}
    </section>
  );
}
