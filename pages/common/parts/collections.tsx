import type {Dossier, Element} from '../dossier';
import {technicalFields, useNames} from '../schema';
import {Entered} from './said';

/** What a person knows the element by. */
const titles = new Set(['TenTepDinhKem', 'TenGiayTo', 'TenPhiLePhi', 'NoiDungBoSung', 'NoiDungXuLy', 'SoDinhDanh', 'SoBienLai']);

function One({name, element}: {name: string; element: Element}) {
  const names = useNames();
  const shown = Object.entries(element).filter(([field, value]) => !technicalFields.has(field) && value !== '');
  const path = (field: string): string => `${name}/x/${field}`;
  return (
    <li>
      {shown
        .filter(([field]) => titles.has(field))
        .map(([field, value]) => (
          <strong key={field}>
            <Entered text={names.value(path(field), value)} />{' '}
          </strong>
        ))}
      <span class="hint">
        {shown
          .filter(([field]) => !titles.has(field))
          .map(([field, value]) => (
            <span key={field} class="fact">
              {names.last(path(field))}: <Entered text={names.value(path(field), value)} />
            </span>
          ))}
      </span>
    </li>
  );
}

/** A list inside a dossier, as the schema names it. */
function Collection({name, elements}: {name: string; elements: Element[]}) {
  const names = useNames();
  if (elements.length === 0) return null;
  return (
    <section>
      <h2>{names.field(name)}</h2>
      <ul class="elements">
        {elements.map((element) => (
          <One key={element.id} name={name} element={element} />
        ))}
      </ul>
    </section>
  );
}

/** What has a view of its own. */
const shownElsewhere = new Set(['DanhSachPhanLienThong']);

/** Papers, payments, and whatever other lists the dossier has. */
export function Collections({dossier}: {dossier: Dossier}) {
  const all = {TaiLieuNop: dossier.parts, BienLai: dossier.payments, ...dossier.collections};
  return (
    <>
      {Object.entries(all)
        .filter(([name]) => !shownElsewhere.has(name))
        .map(([name, elements]) => (
          <Collection key={name} name={name} elements={elements} />
        ))}
    </>
  );
}
