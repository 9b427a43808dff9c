import type {ComponentChildren} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import {deadlineLists, deadlineQueries, isDeadlineList} from '../deadline';
import type {DossierLine, DossierPage} from '../dossier';
import {type Names, schema, useNames} from '../schema';
import {useTexts} from '../settings';
import {useStore} from '../store';
import {committed} from '../text';
import {shownDate} from '../time';
import {DeadlineChips, DeadlineWords} from './deadline';
import {DossierName} from './dossier_name';
import {Pager, usePages} from './pager';
import {Entered, TroubleSaid} from './said';
import {SearchField} from './search_field';
import {TableHead} from './table_head';

const pageSize = 50;
const pauseMs = 120; // after the last key

/** The column that says what only this site can say of a dossier. */
export type SiteColumn = {title: string; cell: (line: DossierLine) => ComponentChildren};

/** `value`, once it has stood still. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

const whereabouts = ['mine', 'offered_to_me', 'offered_by_me', 'elsewhere'] as const;

function isWhereabouts(kind: string): boolean {
  return whereabouts.some((one) => one === kind);
}

/** `kind`: a status, a list by deadline, where a dossier is, or one of the two other ways to choose. */
function listPath(search: string, kind: string): string {
  const query = new URLSearchParams({query: committed(search)});
  if (kind === 'conflicts') query.set('conflict', 'true');
  else if (kind === 'void') query.set('void', 'true');
  else if (isWhereabouts(kind)) query.set('custody', kind);
  else if (isDeadlineList(kind)) for (const [name, value] of Object.entries(deadlineQueries[kind])) query.set(name, value);
  else if (kind) query.set('status', kind);
  return `/v1/dossiers?${query}`;
}

function Row({line, names, column}: {line: DossierLine; names: Names; column: SiteColumn}) {
  const t = useTexts();
  return (
    <tr class={line.void ? 'voided' : undefined}>
      <th scope="row">
        <DossierName {...line} />
        {line.part_of && (
          <span class="hint">
            {t.linked.partOf} <Entered text={line.part_of} />
          </span>
        )}
      </th>
      <td>
        <Entered text={line.procedure_name || names.procedure(line.procedure)} />{' '}
        <span class="code hint">
          <Entered text={line.procedure} />
        </span>
      </td>
      <td>
        {line.void ? t.dossier.voided : names.status(line.status)}
        {line.due && <span class="hint">{t.list.due(shownDate(line.due))}</span>}
        {!line.void && <DeadlineWords deadline={line.deadline} />}
      </td>
      <td>{column.cell(line)}</td>
    </tr>
  );
}

function Rows({lines, column}: {lines: DossierLine[]; column: SiteColumn}) {
  const t = useTexts();
  const names = useNames();
  return (
    <table class="list">
      <TableHead heads={[t.list.owner, t.list.procedure, t.list.status, column.title]} />
      <tbody>
        {lines.map((line) => (
          <Row key={line.id} line={line} names={names} column={column} />
        ))}
      </tbody>
    </table>
  );
}

function Filter({value, onChange}: {value: string; onChange: (value: string) => void}) {
  const t = useTexts();
  const names = useNames();
  const statuses = useStore(schema).statuses;
  return (
    <label>
      <span class="sr">{t.list.filter}</span>
      <select name="filter" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{t.list.all}</option>
        <option value="conflicts">{t.list.needYou}</option>
        <option value="void">{t.list.withVoid}</option>
        {whereabouts.map((one) => (
          <option key={one} value={one}>
            {t.list.where[one]}
          </option>
        ))}
        {deadlineLists.map((list) => (
          <option key={list} value={list}>
            {t.deadline.lists[list]}
          </option>
        ))}
        {statuses.map((one) => (
          <option key={one.code} value={one.code}>
            {names.status(one.code)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The dossiers of this site, found as one types. `tools` stand beside the search. */
export function DossierList({column, tools}: {column: SiteColumn; tools?: ComponentChildren}) {
  const t = useTexts();
  const [typed, setTyped] = useState('');
  const [kind, setKind] = useState('');
  const search = useSettled(typed);
  const page = usePages<DossierPage>(listPath(search, kind), pageSize, (one) => one.dossiers.length);
  const shown = page.value;
  return (
    <>
      <div class="tools">
        <SearchField label={t.list.search} value={typed} onValue={setTyped} />
        <Filter value={kind} onChange={setKind} />
        {tools}
      </div>
      <DeadlineChips chosen={kind} onChoose={setKind} />
      {page.trouble && <TroubleSaid trouble={page.trouble} />}
      {shown && (
        <p role="status" class="hint">
          {shown.dossiers.length === 0 ? t.list.none : t.list.shown(page.paging.before + shown.dossiers.length, shown.next !== '')}
        </p>
      )}
      {shown && shown.dossiers.length > 0 && <Rows lines={shown.dossiers} column={column} />}
      <Pager paging={page.paging} label={t.nav.dossiers} />
    </>
  );
}
