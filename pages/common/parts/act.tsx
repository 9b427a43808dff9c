import type {ComponentChildren} from 'preact';
import {useState} from 'preact/hooks';
import {newKey, send, type Trouble} from '../api';
import {useTexts} from '../settings';
import {Dialog} from './dialog';
import {TroubleSaid} from './said';
import {noSign, type Sign, SignFields} from './sign';

export type Body = Record<string, unknown>;

/** One act of a person: however often it is sent, it happens once; one that was refused can be mended and sent again. */
export type Act = {
  trouble: Trouble | undefined;
  sending: boolean;
  signs: boolean; // with the official's own key
  sign: Sign;
  setSign: (sign: Sign) => void;
  ready: boolean;
  go: (body: Body) => void;
};

export type ActOptions<T> = {path: string; method?: 'POST' | 'DELETE'; signs?: boolean; onDone?: (value: T) => void};

/** `signs`: the official has a key, and this act needs its signature; the daemon says so, too, when it refuses one without. */
export function useAct<T>({path, method = 'POST', signs = false, onDone}: ActOptions<T>): Act {
  const [key] = useState(newKey);
  const [trouble, setTrouble] = useState<Trouble>();
  const [sending, setSending] = useState(false);
  const [sign, setSign] = useState(noSign);
  const [told, setTold] = useState(false);
  const signing = signs || told;
  const go = async (body: Body): Promise<void> => {
    setSending(true);
    const answer = await send<T>(method, path, signing ? {...body, sign} : body, key);
    setSending(false);
    setTrouble(answer.ok ? undefined : answer.trouble);
    if (answer.ok) return onDone?.(answer.value);
    if (answer.trouble.name === 'unsigned_act') setTold(true);
    if (answer.trouble.name === 'wrong_passphrase') setSign((now) => ({...now, passphrase: ''}));
  };
  const ready = !sending && (!signing || (sign.key_file !== '' && sign.passphrase !== ''));
  return {trouble, sending, signs: signing, sign, setSign, ready, go: (body) => void go(body)};
}

/** What stands above the buttons of an act: its signature where it needs one, and why it was not taken. */
export function ActSaid({act}: {act: Act}) {
  return (
    <>
      {act.signs && <SignFields sign={act.sign} onSign={act.setSign} refused={act.trouble?.name} />}
      {act.trouble && <TroubleSaid trouble={act.trouble} />}
    </>
  );
}

type Props<T> = ActOptions<T> & {
  title: string;
  body: Body | undefined; // none: something is missing still
  confirm: string;
  cancel?: string;
  danger?: boolean;
  onClose: () => void;
  children?: ComponentChildren;
};

/** A question whose answer is an act. It closes when that is done; whatever was typed stays until then. */
export function ActDialog<T>({title, body, confirm, cancel, danger = false, onClose, children, ...options}: Props<T>) {
  const t = useTexts();
  const act = useAct<T>({
    ...options,
    onDone: (value) => {
      options.onDone?.(value);
      onClose();
    },
  });
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <ActSaid act={act} />
      <div class="buttons">
        <button type="button" onClick={onClose}>
          {cancel ?? t.dialog.cancel}
        </button>
        <button type="button" class={danger ? 'danger' : 'primary'} disabled={!body || !act.ready} onClick={() => body && act.go(body)}>
          {confirm}
        </button>
      </div>
    </Dialog>
  );
}
