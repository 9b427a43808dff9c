import {dossierPath} from '../dossier';
import {useRead} from '../live';
import {Heading} from '../parts/heading';
import {Entered, TroubleSaid} from '../parts/said';
import {TableHead} from '../parts/table_head';
import {href} from '../route';
import {useNames} from '../schema';
import {useTexts} from '../settings';
import {moment, parseTime, shownDate} from '../time';
import type {Slip, Stay} from './model';

function Row({stay, number}: {stay: Stay; number: number}) {
  const t = useTexts();
  const names = useNames();
  return (
    <tr>
      <td>{number}</td>
      <td>
        {stay.given_by_unit ? names.unit(stay.given_by_unit) : t.slip.lodged}
        <span class="hint">
          <Entered text={stay.given_by} /> {moment(parseTime(stay.offered_at))}
        </span>
      </td>
      <td>
        {names.unit(stay.unit)}
        <span class="hint">
          <Entered text={stay.taken_by} /> {moment(parseTime(stay.from))}
        </span>
      </td>
      <td>{stay.until ? moment(parseTime(stay.until)) : t.slip.stillThere}</td>
      <td>{t.slip.worked(Math.floor(stay.working_minutes / 60), stay.working_minutes % 60)}</td>
      <td>
        <strong>{t.slip.judgements[stay.judgement]}</strong>
        {stay.due && <span class="hint">{t.slip.by(stay.judged_by === 'step', shownDate(stay.due))}</span>}
      </td>
      <td>
        <Entered text={stay.note} />
      </td>
      <td class="signature">
        {stay.given_signed && <span class="hint">{t.slip.signed(stay.given_by)}</span>}
        {stay.taken_signed && <span class="hint">{t.slip.signed(stay.taken_by)}</span>}
      </td>
    </tr>
  );
}

/** Form 05 as it is printed: who gave, who took, when, and whether in time. */
export function SlipPage({id}: {id: string}) {
  const t = useTexts();
  const names = useNames();
  const {value: slip, trouble} = useRead<Slip>(`${dossierPath(id)}/slip`);
  return (
    <>
      <p class="unprinted">
        <a href={href('dossiers', id)}>{t.slip.back}</a>
      </p>
      {trouble && <TroubleSaid trouble={trouble} />}
      {slip && (
        <article class="slip">
          <Heading>{t.slip.title}</Heading>
          <p class="hint">{t.slip.form}</p>
          <p>
            <strong>
              <Entered text={slip.code || t.list.noCode} />
            </strong>{' '}
            · <Entered text={slip.procedure_name || names.procedure(slip.procedure)} /> · <Entered text={slip.owner} />
          </p>
          <p>
            {t.slip.received} {shownDate(slip.received) || t.form.nothing} · {t.slip.due} {shownDate(slip.due) || t.form.nothing}
          </p>
          <table class="list">
            <TableHead heads={t.slip.heads} />
            <tbody>
              {slip.stays.map((stay, index) => (
                <Row key={stay.from + stay.unit} stay={stay} number={index + 1} />
              ))}
            </tbody>
          </table>
          <p class="buttons unprinted">
            <button type="button" class="primary" onClick={() => print()}>
              {t.slip.print}
            </button>
          </p>
        </article>
      )}
    </>
  );
}
