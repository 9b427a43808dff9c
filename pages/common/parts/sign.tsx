import {useEffect, useId, useRef, useState} from 'preact/hooks';
import {useTexts} from '../settings';
import {Labelled} from './field';

/** The file of the official's key and its passphrase, for one act. They live in the open form and nowhere else. */
export type Sign = {key_file: string; passphrase: string};
export const noSign: Sign = {key_file: '', passphrase: ''};

const fileBytesMax = 4096;

/** Hidden by the style sheet where it can be: a box of type `password` has no Vietnamese keyboard, and browsers offer to keep what is in it. */
const typeOfSecret = CSS.supports('-webkit-text-security', 'disc') ? 'text' : 'password';

/** The text of a file that a person chose; or why it cannot be a key. */
async function textOf(file: File): Promise<{text: string} | {wrong: 'tooLarge' | 'unreadable'}> {
  if (file.size > fileBytesMax) return {wrong: 'tooLarge'};
  try {
    return {text: await file.text()};
  } catch {
    return {wrong: 'unreadable'};
  }
}

/** `refused`: the name of the trouble for which the act was not taken. */
export function SignFields({sign, onSign, refused}: {sign: Sign; onSign: (sign: Sign) => void; refused: string | undefined}) {
  const t = useTexts().sign;
  const id = useId();
  const secret = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState<'tooLarge' | 'unreadable'>();
  const [shown, setShown] = useState(false);
  const latest = useRef({sign, onSign});
  latest.current = {sign, onSign};
  const say = (part: Partial<Sign>): void => latest.current.onSign({...latest.current.sign, ...part});
  useEffect(() => () => latest.current.onSign(noSign), []);
  useEffect(() => {
    if (refused === 'wrong_passphrase' && sign.passphrase === '') secret.current?.focus();
  }, [refused, sign.passphrase]);
  const choose = async (file: File | undefined): Promise<void> => {
    const read = file && (await textOf(file));
    setWrong(read && 'wrong' in read ? read.wrong : undefined);
    say({key_file: read && 'text' in read ? read.text : ''});
  };
  return (
    <fieldset class="sign">
      <legend>{t.title}</legend>
      <p class="hint">{t.explain}</p>
      <Labelled id={`${id}-file`} label={t.file} required error={wrong && t[wrong]}>
        <input id={`${id}-file`} type="file" required aria-describedby={`${id}-file-said`} onChange={(event) => void choose(event.currentTarget.files?.[0])} />
      </Labelled>
      <Labelled id={`${id}-secret`} label={t.passphrase} required>
        <input
          ref={secret}
          id={`${id}-secret`}
          class={shown ? undefined : 'secret'}
          type={shown ? 'text' : typeOfSecret}
          value={sign.passphrase}
          required
          autocomplete="off"
          spellcheck={false}
          aria-describedby={`${id}-secret-said`}
          onInput={(event) => say({passphrase: event.currentTarget.value})}
        />
      </Labelled>
      <label class="tick">
        <input type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} /> {t.show}
      </label>
    </fieldset>
  );
}
