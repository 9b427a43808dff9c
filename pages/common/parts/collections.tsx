import type {Dossier, Element} from '../dossier';
import {useNames} from '../schema';
import {Entered} from './said';

/** A list inside a dossier, as the schema names it. */
function Collection({name, elements}: {name: string; elements: Element[]}) {
  const names = useNames();
  if (elements.length === 0) return null;
  return (
    <section>
      <h2>{names.field(name)}</h2>
      <ul class="elements">
        {elements.map((element) => (
          <li key={element.id}>
            {Object.entries(element)
              .filter(([field]) => !['id', 'by', 'unit', 'at'].includes(field))
              .map(([field, value]) => (
                <span key={field}>
                  <span class="hint">{names.field(`${name}/x/${field}`)}:</span> <Entered text={names.value(`${name}/x/${field}`, value)} />{' '}
                </span>
              ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Papers, payments, and whatever other lists the dossier has. */
export function Collections({dossier}: {dossier: Dossier}) {
  const all = {TaiLieuNop: dossier.parts, BienLai: dossier.payments, ...dossier.collections};
  return (
    <>
      {Object.entries(all).map(([name, elements]) => (
        <Collection key={name} name={name} elements={elements} />
      ))}
    </>
  );
}
