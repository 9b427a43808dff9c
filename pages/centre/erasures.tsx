import {useRead} from '../common/live';
import {Heading} from '../common/parts/heading';
import {Entered, TroubleSaid} from '../common/parts/said';
import {TableHead} from '../common/parts/table_head';
import {useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {clock, parseTime} from '../common/time';

type OrderDevice = {device: string; unit: string; label: string; state: 'done' | 'open' | 'revoked'; read: boolean; done_at: string; last_contact_at: string};
type Order = {number: number; id: string; codes: string[]; reason: string; by: string; at: string; done_here: boolean; open: number; devices: OrderDevice[]};

function Devices({order}: {order: Order}) {
  const t = useTexts();
  const names = useNames();
  const time = (at: string): string => (at === '' ? t.devices.never : clock(parseTime(at)));
  return (
    <details>
      <summary>{order.open === 0 ? t.erasures.everywhere : t.erasures.open(order.open)}</summary>
      <ul>
        {order.devices.map((one) => (
          <li key={one.device}>
            {names.unit(one.unit)} · <Entered text={one.label} /> · {t.erasures.states[one.state]} {one.state === 'done' ? time(one.done_at) : t.erasures.heard(time(one.last_contact_at))}
            {one.read && <span class="hint">{t.erasures.had}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Orders to erase, and which PCs have obeyed. They are given by command. */
export function Erasures() {
  const t = useTexts();
  const {value, trouble} = useRead<{erasures: Order[]}>('/v1/erasures');
  return (
    <>
      <Heading>{t.nav.erasures}</Heading>
      <p class="hint">{t.erasures.explain}</p>
      {trouble && <TroubleSaid trouble={trouble} />}
      {value && value.erasures.length === 0 && <p role="status">{t.erasures.none}</p>}
      {value && value.erasures.length > 0 && (
        <table class="list">
          <TableHead heads={[t.erasures.dossier, t.erasures.ordered, t.erasures.reason, t.erasures.obeyed]} />
          <tbody>
            {value.erasures.map((order) => (
              <tr key={order.number}>
                <th scope="row">
                  <span class="code">{order.codes.join(', ') || order.id}</span>
                </th>
                <td>
                  {clock(parseTime(order.at))}
                  <span class="hint">
                    <Entered text={order.by} />
                  </span>
                </td>
                <td>
                  <Entered text={order.reason} />
                </td>
                <td>
                  <Devices order={order} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
