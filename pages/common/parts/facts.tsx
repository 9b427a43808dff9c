import {useState} from 'preact/hooks';
import type {Dossier} from '../dossier';
import {valueText} from '../dossier';
import {schema, useNames} from '../schema';
import {useTexts} from '../settings';
import {useStore} from '../store';
import {WhyShown} from './history';
import {Entered} from './said';

/** The fields that are filled in, in the schema's order, and behind them those that only a newer version knows. */
export function Facts({dossier}: {dossier: Dossier}) {
  const t = useTexts();
  const names = useNames();
  const [asked, setAsked] = useState('');
  const known = useStore(schema)
    .fields.filter((field) => field.parent === '' && field.type !== 'list')
    .map((field) => field.name);
  const undecided = new Set(dossier.conflicts.map((conflict) => conflict.field));
  const all = [...known, ...Object.keys(dossier.fields).filter((name) => !known.includes(name))];
  const filled = all.filter((name) => name !== 'MaHoSo' && (undecided.has(name) || valueText(dossier.fields[name]) !== ''));
  return (
    <>
      <dl class="facts">
        {filled.map((name) => (
          <div key={name}>
            <dt>{names.field(name)}</dt>
            <dd>
              {undecided.has(name) ? <em>{t.form.undecided}</em> : <Entered text={names.value(name, dossier.fields[name])} />}{' '}
              <button type="button" class="ask" aria-label={t.history.whyTitle(names.field(name))} onClick={() => setAsked(name)}>
                {t.history.whyOpen}
              </button>
            </dd>
          </div>
        ))}
      </dl>
      {asked && <WhyShown which={dossier.id} field={asked} onClose={() => setAsked('')} />}
    </>
  );
}
