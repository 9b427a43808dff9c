import type {ComponentChildren, JSX} from 'preact';
import {useId} from 'preact/hooks';
import {useTexts} from '../settings';
import {hasUnseen, withoutUnseen} from '../text';

export type FieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  required?: boolean;
  hint?: string | undefined;
  warning?: string | undefined; // worth a look; never in the way
  error?: string | undefined; // must be mended before saving
  lines?: number;
  numeric?: boolean;
  disabled?: boolean;
  name?: string;
};

/** Label, box, and what is to be said about it, tied together for whoever cannot see it. */
export function Labelled(props: {id: string; label: string; required?: boolean; hint?: string | undefined; warning?: string | undefined;
                                 error?: string | undefined; children: ComponentChildren}) {
  const t = useTexts();
  return (
    <div class="field">
      <label for={props.id}>
        {props.label}
        {props.required && <span class="required"> {t.form.required}</span>}
      </label>
      {props.children}
      <div id={`${props.id}-said`}>
        {props.hint && <p class="hint">{props.hint}</p>}
        {props.warning && <p class="warning">{props.warning}</p>}
        {props.error && <p class="error">{props.error}</p>}
      </div>
    </div>
  );
}

/**
 * A box for free text. What is typed is never rewritten while somebody types: Vietnamese keyboards send backspaces and letters of their own.
 */
export function TextField(props: FieldProps) {
  const id = useId();
  const t = useTexts();
  const shared = {
    id,
    name: props.name,
    value: props.value,
    disabled: props.disabled,
    required: props.required,
    autocomplete: 'off',
    spellcheck: false,
    'aria-describedby': `${id}-said`,
    'aria-invalid': props.error ? true : undefined,
    onInput: (event: JSX.TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) => props.onChange(event.currentTarget.value),
  };
  return (
    <Labelled {...props} id={id}>
      {props.lines ? <textarea {...shared} rows={props.lines} /> : <input {...shared} type="text" inputMode={props.numeric ? 'numeric' : 'text'} />}
      {hasUnseen(props.value) && (
        <p class="warning">
          {t.form.unseen}{' '}
          <button type="button" class="small" onClick={() => props.onChange(withoutUnseen(props.value))}>
            {t.form.dropUnseen}
          </button>
        </p>
      )}
    </Labelled>
  );
}

export type Choice = {value: string; label: string};

export function SelectField(props: Omit<FieldProps, 'lines' | 'numeric'> & {choices: readonly Choice[]; empty?: string}) {
  const id = useId();
  return (
    <Labelled {...props} id={id}>
      <select
        id={id}
        name={props.name}
        value={props.value}
        disabled={props.disabled}
        aria-describedby={`${id}-said`}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.empty !== undefined && <option value="">{props.empty}</option>}
        {props.choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Labelled>
  );
}
