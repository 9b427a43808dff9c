import {Icon} from './icon';

/** What narrows a list while one types; F4 goes to it. */
export function SearchField({label, value, onValue}: {label: string; value: string; onValue: (value: string) => void}) {
  return (
    <label class="search">
      <Icon name="search" />
      <span class="sr">{label}</span>
      <input
        id="search"
        type="search"
        autocomplete="off"
        spellcheck={false}
        placeholder={label}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <kbd>F4</kbd>
    </label>
  );
}
