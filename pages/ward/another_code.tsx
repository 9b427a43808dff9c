import {useState} from 'preact/hooks';
import {dossierPath} from '../common/dossier';
import {ActDialog} from '../common/parts/act';
import {TextField} from '../common/parts/field';
import type {Sharer} from '../common/parts/shared_codes';
import {useTexts} from '../common/settings';
import {committed} from '../common/text';
import {signed} from '../common/desk/people';

/** A person tells a dossier apart that shares its code; nothing of what it had is taken away. */
export function AnotherCode({sharer}: {sharer: Sharer}) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const [why, setWhy] = useState('');
  const path = signed(`${dossierPath(sharer.id)}/codes`);
  const body = committed(why) === '' ? undefined : {why: committed(why)};
  return (
    <>
      <button type="button" class="small" onClick={() => setOpen(true)}>
        {t.shared.another}
      </button>
      {open && (
        <ActDialog title={t.shared.anotherTitle} path={path} body={body} confirm={t.shared.confirm} cancel={t.shared.cancel} onClose={() => setOpen(false)}>
          <p>{t.shared.anotherKeeps}</p>
          <TextField label={t.shared.anotherWhy} value={why} onChange={setWhy} required />
        </ActDialog>
      )}
    </>
  );
}
