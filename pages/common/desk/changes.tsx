import {useEffect, useState} from 'preact/hooks';
import {newKey, type Trouble, write} from '../api';
import {tick} from '../live';
import type {Body} from '../parts/act';
import {Icon} from '../parts/icon';
import {Entered, TroubleSaid} from '../parts/said';
import {useNames} from '../schema';
import {useTexts} from '../settings';
import {useStore} from '../store';
import type {Preview} from './model';
import {signed} from './people';

const pauseMs = 250; // after the last key

/**
 * The dossier after a decision that nobody has made yet: computed by the daemon, stored nowhere. `body`: the decision; none: nothing is chosen.
 * `onSigns`: whether it needs the decider's own key.
 */
export function Changes({item, body, onSigns}: {item: string; body: Body | undefined; onSigns: (signs: boolean) => void}) {
  const t = useTexts();
  const names = useNames();
  const moment = useStore(tick);
  const [answer, setAnswer] = useState<{preview?: Preview; trouble?: Trouble}>({});
  const wanted = body && JSON.stringify(body);
  useEffect(() => {
    setAnswer({});
    if (wanted === undefined) return;
    let current = true;
    const timer = setTimeout(() => {
      void write<Preview>(signed(`/v1/inbox/${item}/preview`), JSON.parse(wanted), newKey()).then((got) => {
        if (!current) return;
        setAnswer(got.ok ? {preview: got.value} : {trouble: got.trouble});
        if (got.ok) onSigns(got.value.must_sign);
      });
    }, pauseMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [item, wanted, moment]);
  const {preview, trouble} = answer;
  const shown = (field: string, value: unknown): string => (value === null ? '' : names.value(field, value)) || t.inbox.empty;
  return (
    <div class="preview" role="status">
      {wanted === undefined && t.inbox.chooseFirst}
      {trouble && <TroubleSaid trouble={trouble} />}
      {preview && (
        <>
          <Icon name={preview.applies ? 'check' : 'stop'} /> {preview.applies ? t.inbox.preview : t.inbox.wouldNotApply}
          <ul>
            {preview.changes.map((change) => (
              <li key={change.field}>
                {names.field(change.field)}: <Entered text={shown(change.field, change.before)} /> →{' '}
                <strong>
                  <Entered text={shown(change.field, change.after)} />
                </strong>
              </li>
            ))}
          </ul>
          {preview.changes.length === 0 && <p>{t.inbox.nothingChanges}</p>}
          <p class="hint">
            {t.inbox.othersStay} {preview.left.length > 0 && t.inbox.left(preview.left.length)}
          </p>
        </>
      )}
    </div>
  );
}
