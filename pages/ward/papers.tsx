import {useLayoutEffect, useRef} from 'preact/hooks';
import {type Element, valueText} from '../common/dossier';
import {SelectField, TextField} from '../common/parts/field';
import {Entered} from '../common/parts/said';
import {useNames} from '../common/schema';
import {useTexts} from '../common/settings';
import {committed} from '../common/text';

/** The papers that a citizen hands over, with a new dossier or later: what the receipt lists. */
export const paperList = 'DanhSachTepDinhKemKhac';
export const papersName = '#papers'; // among a draft's values, beside the fields

type Paper = {TenGiayTo: string; SoLuong: string; LoaiGiayTo: string};

function papersOf(values: Record<string, string>): Paper[] {
  return JSON.parse(values[papersName] ?? '[]') as Paper[];
}

/** As the API takes them; rows without a name are no papers. */
export function storedPapers(values: Record<string, string>): {[paperList]?: object[]} {
  const papers = papersOf(values).filter((paper) => committed(paper.TenGiayTo) !== '');
  if (papers.length === 0) return {};
  return {[paperList]: papers.map((paper) => ({...paper, TenGiayTo: committed(paper.TenGiayTo), SoLuong: Number(paper.SoLuong)}))};
}

/** `held`: those that the dossier has already. */
export function Papers({values, onChange, held}: {values: Record<string, string>; onChange: (name: string, value: string) => void; held: readonly Element[]}) {
  const t = useTexts();
  const names = useNames();
  const papers = papersOf(values);
  const rows = useRef<HTMLDivElement>(null);
  const before = useRef(papers.length);
  useLayoutEffect(() => {
    if (papers.length > before.current) rows.current?.querySelector<HTMLElement>('.paper:last-of-type input')?.focus();
    before.current = papers.length;
  }, [papers.length]);
  const put = (next: Paper[]): void => onChange(papersName, JSON.stringify(next));
  const set = (index: number, part: Partial<Paper>): void => put(papers.map((paper, at) => (at === index ? {...paper, ...part} : paper)));
  const counts = Array.from({length: 20}, (_, index) => ({value: String(index + 1), label: String(index + 1)}));
  return (
    <section aria-label={names.field(paperList)} ref={rows}>
      <h2>{names.field(paperList)}</h2>
      {held.length > 0 && (
        <p class="hint">
          {t.form.papersHeld}{' '}
          {held.map((paper) => (
            <span key={paper.id} class="fact">
              <Entered text={valueText(paper['TenGiayTo'] || paper['TenTepDinhKem'])} />
            </span>
          ))}
        </p>
      )}
      {papers.map((paper, index) => (
        <div key={index} class="paper">
          <TextField label={names.last(`${paperList}/x/TenGiayTo`)} value={paper.TenGiayTo} onChange={(TenGiayTo) => set(index, {TenGiayTo})} />
          <SelectField label={names.last(`${paperList}/x/SoLuong`)} value={paper.SoLuong} choices={counts} onChange={(SoLuong) => set(index, {SoLuong})} />
          <SelectField
            label={names.last(`${paperList}/x/LoaiGiayTo`)}
            value={paper.LoaiGiayTo}
            choices={names.codes(`${paperList}/x/LoaiGiayTo`)}
            onChange={(LoaiGiayTo) => set(index, {LoaiGiayTo})}
          />
          <button type="button" class="small" onClick={() => put(papers.filter((_, at) => at !== index))}>
            {t.form.dropPaper(index + 1)}
          </button>
        </div>
      ))}
      <button type="button" onClick={() => put([...papers, {TenGiayTo: '', SoLuong: '1', LoaiGiayTo: '1'}])}>
        {t.form.addPaper}
      </button>
    </section>
  );
}
