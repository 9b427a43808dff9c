import {useState} from 'preact/hooks';
import {newKey, type Trouble, write} from '../common/api';
import {dossierPath} from '../common/dossier';
import {Dialog} from '../common/parts/dialog';
import {TextField} from '../common/parts/field';
import {TroubleSaid} from '../common/parts/said';
import type {Sharer} from '../common/parts/shared_codes';
import {useTexts} from '../common/settings';
import {committed} from '../common/text';
import {signed} from '../common/desk/people';

/** A person tells a dossier apart that shares its code; nothing of what it had is taken away. */
export function AnotherCode({sharer}: {sharer: Sharer}) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const [why, setWhy] = useState('');
  const [trouble, setTrouble] = useState<Trouble>();
  const [key] = useState(newKey());
  const send = async (): Promise<void> => {
    const answer = await write(signed(`${dossierPath(sharer.id)}/codes`), {why: committed(why)}, key);
    if (answer.ok) setOpen(false);
    else setTrouble(answer.trouble);
  };
  return (
    <>
      <button type="button" class="small" onClick={() => setOpen(true)}>
        {t.shared.another}
      </button>
      {open && (
        <Dialog title={t.shared.anotherTitle} onClose={() => setOpen(false)}>
          <p>{t.shared.anotherKeeps}</p>
          <TextField label={t.shared.anotherWhy} value={why} onChange={setWhy} required />
          {trouble && <TroubleSaid trouble={trouble} />}
          <div class="buttons">
            <button type="button" onClick={() => setOpen(false)}>
              {t.shared.cancel}
            </button>
            <button type="button" class="primary" disabled={committed(why) === ''} onClick={() => void send()}>
              {t.shared.confirm}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
