import {useEffect, useId, useLayoutEffect, useRef, useState} from 'preact/hooks';
import {useTexts} from '../settings';
import {Labelled} from './field';

/** Hidden by the style sheet where it can be: a box of type `password` has no Vietnamese keyboard, and browsers offer to keep what is in it. */
const typeOfSecret = CSS.supports('-webkit-text-security', 'disc') ? 'text' : 'password';

type Props = {label: string; value: string; onChange: (value: string) => void; refused?: boolean; first?: boolean; hint?: string; error?: string | undefined; name?: string};

/** A box for what nobody else may read. `refused`: it was wrong, and is to be typed again; `first`: it takes the focus. */
export function SecretField({label, value, onChange, refused = false, first = false, hint, error, name}: Props) {
  const t = useTexts().sign;
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  // Before anything can be typed, which else would begin in one box and end in this.
  useLayoutEffect(() => {
    if (first) box.current?.focus();
  }, []);
  useEffect(() => {
    if (refused && value === '') box.current?.focus();
  }, [refused, value]);
  return (
    <>
      <Labelled id={id} label={label} required hint={hint} error={error}>
        <input
          ref={box}
          id={id}
          name={name}
          class={shown ? undefined : 'secret'}
          type={shown ? 'text' : typeOfSecret}
          value={value}
          required
          autocomplete="off"
          spellcheck={false}
          aria-describedby={`${id}-said`}
          aria-invalid={error ? true : undefined}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      </Labelled>
      <label class="tick">
        <input type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} /> {t.show}
      </label>
    </>
  );
}
