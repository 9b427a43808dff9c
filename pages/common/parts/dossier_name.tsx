import {href} from '../route';
import {useNames} from '../schema';
import {useTexts} from '../settings';
import {codeShown} from '../text';
import {Entered} from './said';

/** What a list calls a dossier: its owner, then its code. As long as nobody has entered a name, what tells it from its neighbours stands first. */
export function DossierName({id, owner, code, procedure}: {id: string; owner: string; code: string; procedure: string}) {
  const t = useTexts();
  const names = useNames();
  const shown = codeShown(code);
  return (
    <>
      <a href={href('dossiers', id)}>
        <Entered text={owner || shown || names.procedure(procedure) || procedure || t.list.noCode} />
      </a>
      {owner ? <span class="code">{shown ? <Entered text={shown} /> : t.list.noCode}</span> : <span class="hint">{t.list.noOwner}</span>}
    </>
  );
}
