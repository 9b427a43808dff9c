import type {ComponentChildren} from 'preact';
import {useRead} from '../live';
import {href} from '../route';
import {useNames} from '../schema';
import {useTexts} from '../settings';
import {codeShown} from '../text';
import {Entered} from './said';

export type Sharer = {id: string; unit: string; here: boolean; owner: string; void?: string};
export type TellApart = (sharer: Sharer) => ComponentChildren;
type Shared = {shared: {code: string; dossiers: Sharer[]}[]};

/** Codes that several dossiers have; nothing where there are none. */
export function SharedCodes({tellApart}: {tellApart: TellApart | undefined}) {
  const t = useTexts();
  const names = useNames();
  const shared = useRead<Shared>('/v1/codes/shared').value?.shared ?? [];
  if (shared.length === 0) return null;
  return (
    <section class="card" aria-labelledby="shared-codes">
      <h2 id="shared-codes">{t.shared.title(shared.length)}</h2>
      <p>{t.shared.explain}</p>
      {shared.map(({code, dossiers}) => (
        <div key={code}>
          <p class="code">
            <Entered text={codeShown(code)} />
          </p>
          <ul>
            {dossiers.map((one) => (
              <li key={one.id}>
                {one.here ? (
                  <a href={href('dossiers', one.id)}>
                    <Entered text={one.owner || t.list.noOwner} />
                  </a>
                ) : (
                  t.shared.elsewhere
                )}{' '}
                · {names.unit(one.unit)} · <span class="code">{one.id}</span>
                {one.void && ` · ${t.shared.voided}`} {one.here && !one.void && tellApart?.(one)}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
