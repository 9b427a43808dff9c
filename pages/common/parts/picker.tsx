import type {JSX} from 'preact';
import {useEffect, useId, useMemo, useState} from 'preact/hooks';
import {fold} from '../text';
import {Labelled} from './field';

export type Pick = {code: string; name: string; note: string};

const shownMax = 12;

/** Those whose code or name holds every word that was typed, with marks or without. */
export function matching(picks: readonly Pick[], typed: string): Pick[] {
  const words = fold(typed).split(' ').filter(Boolean);
  return picks.filter((pick) => {
    const all = `${pick.code} ${fold(pick.name)}`;
    return words.every((word) => all.includes(word));
  });
}

/** Choosing one of many by code or name, from the keyboard: type, arrow down, Enter. */
export function Picker(props: {label: string; picks: readonly Pick[]; chosen: string; onChoose: (code: string) => void; required?: boolean;
                               hint?: string | undefined; error?: string | undefined; none: string}) {
  const id = useId();
  const chosen = props.picks.find((pick) => pick.code === props.chosen);
  const label = (pick: Pick): string => `${pick.code} · ${pick.name}`;
  const [typed, setTyped] = useState<string | undefined>(undefined); // undefined: nobody is searching
  const [at, setAt] = useState(0);
  const found = useMemo(() => (typed === undefined ? [] : matching(props.picks, typed).slice(0, shownMax)), [props.picks, typed]);
  const open = typed !== undefined;
  useEffect(() => {
    if (open) document.getElementById(`${id}-${at}`)?.scrollIntoView({block: 'nearest'});
  }, [open, at]);

  const shown = typed ?? (chosen ? label(chosen) : props.chosen);
  const choose = (pick: Pick | undefined): void => {
    if (pick) props.onChoose(pick.code);
    setTyped(undefined);
  };
  /** Keys may come faster than the page draws: what stands in the box counts. */
  const meant = (inBox: string): Pick | undefined => (inBox === typed ? found[at] : matching(props.picks, inBox)[0]);
  const onKey = (event: JSX.TargetedKeyboardEvent<HTMLInputElement>): void => {
    const inBox = event.currentTarget.value;
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) setTyped('');
      else setAt((at + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % Math.max(found.length, 1));
    } else if (event.key === 'Enter' && (open || inBox !== shown)) {
      event.preventDefault();
      event.stopPropagation();
      const pick = meant(inBox);
      if (pick) choose(pick);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      setTyped(undefined);
    }
  };

  return (
    <Labelled id={id} label={props.label} required={props.required ?? false} hint={props.hint} error={props.error}>
      <div class="picker">
        <input
          id={id}
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          readOnly={props.picks.length === 0} // nothing to choose from has arrived yet
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open && found[at] ? `${id}-${at}` : undefined}
          aria-describedby={`${id}-said`}
          aria-invalid={props.error ? true : undefined}
          value={shown}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
          onFocus={(event) => event.currentTarget.select()}
          onKeyDown={onKey}
          onBlur={() => choose(typed && found.length === 1 ? found[0] : undefined)}
        />
        <ul id={`${id}-list`} role="listbox" aria-label={props.label} hidden={!open}>
          {found.map((pick, index) => (
            <li
              key={pick.code}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              onMouseDown={(event) => {
                event.preventDefault();
                choose(pick);
              }}
            >
              <span class="code">{pick.code}</span> {pick.name} <span class="hint">{pick.note}</span>
            </li>
          ))}
          {open && found.length === 0 && (
            <li role="option" aria-disabled="true" aria-selected="false">
              {props.none}
            </li>
          )}
        </ul>
      </div>
    </Labelled>
  );
}
