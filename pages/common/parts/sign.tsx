import {useEffect, useId, useRef, useState} from 'preact/hooks';
import {useTexts} from '../settings';
import {Labelled} from './field';
import {SecretField} from './secret';

/** The file of the official's key and its passphrase, for one act. They live in the open form and nowhere else. */
export type Sign = {key_file: string; passphrase: string};
export const noSign: Sign = {key_file: '', passphrase: ''};

const fileBytesMax = 4096;

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
  const [wrong, setWrong] = useState<'tooLarge' | 'unreadable'>();
  const latest = useRef({sign, onSign});
  latest.current = {sign, onSign};
  const say = (part: Partial<Sign>): void => latest.current.onSign({...latest.current.sign, ...part});
  useEffect(() => () => latest.current.onSign(noSign), []);
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
      <SecretField label={t.passphrase} value={sign.passphrase} onChange={(passphrase) => say({passphrase})} refused={refused === 'wrong_passphrase'} />
    </fieldset>
  );
}
