import {useState} from 'preact/hooks';
import {useRead} from '../common/live';
import {TextField} from '../common/parts/field';
import {Heading} from '../common/parts/heading';
import {Entered, TroubleSaid} from '../common/parts/said';
import {useTexts} from '../common/settings';
import {committed} from '../common/text';
import {today} from '../common/time';
import {useNames} from '../common/schema';

/** What a period comes to, for each unit: both readings of the online share, and how appointments were kept. */

type Unit = {unit: string};
type Report<T> = {from: string; to: string; units: T[]; total: T};
type Share = Unit & {
  accepted: number; online: number; online_permille: number | null; points_permille: number | null; online_finished: number; online_with_result: number;
  services_offered: number; services_used: number; services_permille: number | null;
};
type Kept = Unit & {
  accepted: number; early: number; on_time: number; late: number; open_good: number; open_late: number; not_judged: number; asked_twice: number; apologised: number;
  in_time_permille: number | null;
};
type Column<T> = {key: keyof T & string; share?: boolean};

const shareColumns: Column<Share>[] = [
  {key: 'accepted'}, {key: 'online'}, {key: 'online_permille', share: true}, {key: 'points_permille', share: true}, {key: 'online_with_result'}, {key: 'services_offered'},
  {key: 'services_used'}, {key: 'services_permille', share: true},
];
const keptColumns: Column<Kept>[] = [
  {key: 'accepted'}, {key: 'early'}, {key: 'on_time'}, {key: 'late'}, {key: 'open_good'}, {key: 'open_late'}, {key: 'asked_twice'}, {key: 'apologised'}, {key: 'in_time_permille', share: true},
];

function Table<T extends Unit>({report, columns, title}: {report: Report<T>; columns: Column<T>[]; title: string}) {
  const t = useTexts();
  const names = useNames();
  const words: Record<string, string> = t.reports.columns;
  const cell = (row: T, column: Column<T>): string => {
    const value = row[column.key] as number | null;
    if (value === null) return '—';
    return column.share ? t.reports.percent(value) : String(value);
  };
  const line = (row: T, name: string) => (
    <tr key={row.unit || 'total'}>
      <th scope="row">
        <Entered text={name} />
      </th>
      {columns.map((column) => (
        <td key={column.key} class="number">
          {cell(row, column)}
        </td>
      ))}
    </tr>
  );
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={title}>
      <table class="list figures">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t.list.unit}</th>
            {columns.map((column) => (
              <th key={column.key} scope="col">
                {words[column.key]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{report.units.map((row) => line(row, names.unit(row.unit)))}</tbody>
        <tfoot>{line(report.total, t.reports.total)}</tfoot>
      </table>
    </div>
  );
}

function OneReport<T extends Unit>({name, query, columns, title, explain}: {name: string; query: string; columns: Column<T>[]; title: string; explain: string}) {
  const t = useTexts();
  const path = `/v1/reports/${name}?${query}`;
  const {value, trouble} = useRead<Report<T>>(path);
  return (
    <section>
      <h2>{title}</h2>
      <p class="hint">{explain}</p>
      {trouble && <TroubleSaid trouble={trouble} />}
      {value && (
        <>
          <Table report={value} columns={columns} title={title} />
          <p>
            <a href={`${path}&form=csv`} download>
              {t.reports.csv}
            </a>
          </p>
        </>
      )}
    </section>
  );
}

export function Reports() {
  const t = useTexts();
  const now = today();
  const [from, setFrom] = useState(`01/01/${now.slice(-4)}`);
  const [to, setTo] = useState(now);
  const [asked, setAsked] = useState({from, to});
  const query = new URLSearchParams(asked).toString();
  return (
    <>
      <Heading>{t.nav.reports}</Heading>
      <form
        class="tools"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked({from: committed(from), to: committed(to)});
        }}
      >
        <TextField name="from" label={t.reports.from} value={from} onChange={setFrom} />
        <TextField name="to" label={t.reports.to} value={to} onChange={setTo} />
        <button type="submit" class="primary">
          {t.reports.show}
        </button>
      </form>
      <OneReport<Kept> name="deadlines" query={query} columns={keptColumns} title={t.reports.deadlines} explain={t.reports.deadlinesWhy} />
      <OneReport<Share> name="online-share" query={query} columns={shareColumns} title={t.reports.share} explain={t.reports.shareWhy} />
    </>
  );
}
