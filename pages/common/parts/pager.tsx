import {useEffect, useRef, useState} from 'preact/hooks';
import {type Reading, useRead} from '../live';
import {useTexts} from '../settings';

/** A list is shown a page at a time, however long it is. */

type Page = {next: string}; // the cursor of the page after it; empty: there is none
type Step = {cursor: string; before: number}; // `before`: how many lines stand on the pages before
export type Paging = {before: number; count: number; back: (() => void) | undefined; forward: (() => void) | undefined};

const firstStep: Step = {cursor: '', before: 0};

function top(): void {
  document.getElementById('main')?.scrollIntoView();
}

/** `countOf`: how many lines a page has. Another `path` begins at its first page. What was shown stays until the new lines are here. */
export function usePages<T extends Page>(path: string, size: number, countOf: (page: T) => number): Reading<T> & {paging: Paging} {
  const [walked, setWalked] = useState({path, steps: [firstStep]});
  const steps = walked.path === path ? walked.steps : [firstStep];
  const here = steps[steps.length - 1] ?? firstStep;
  const query = new URLSearchParams({limit: String(size), cursor: here.cursor});
  const reading = useRead<T>(`${path}${path.includes('?') ? '&' : '?'}${query}`);
  const kept = useRef<{page: T; before: number}>();
  if (reading.value) kept.current = {page: reading.value, before: here.before};
  const shown = reading.trouble ? undefined : kept.current;
  const count = shown ? countOf(shown.page) : 0;
  const next = reading.value?.next;
  const walk = (to: Step[]) => (): void => {
    setWalked({path, steps: to});
    top();
  };
  const gone = reading.value !== undefined && count === 0 && !next && steps.length > 1;
  useEffect(() => {
    if (gone) setWalked({path, steps: [firstStep]}); // what stood here was done meanwhile
  }, [gone]);
  return {
    ...reading,
    ...(shown ? {value: shown.page} : {}),
    paging: {
      before: shown?.before ?? here.before,
      count,
      back: steps.length > 1 ? walk(steps.slice(0, -1)) : undefined,
      forward: next ? walk([...steps, {cursor: next, before: here.before + count}]) : undefined,
    },
  };
}

/** Nothing where one page holds everything. `label`: of which list. */
export function Pager({paging, label}: {paging: Paging; label: string}) {
  const t = useTexts();
  if (!paging.back && !paging.forward) return null;
  return (
    <div class="buttons" role="group" aria-label={t.pages.of(label)}>
      <button type="button" disabled={!paging.back} onClick={paging.back}>
        {t.pages.back}
      </button>
      <span>{t.pages.range(paging.before + 1, paging.before + paging.count)}</span>
      <button type="button" disabled={!paging.forward} onClick={paging.forward}>
        {t.pages.forward}
      </button>
    </div>
  );
}
