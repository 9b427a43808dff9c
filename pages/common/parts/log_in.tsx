import type {ComponentChildren} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import type {Trouble} from '../api';
import {lock, logIn, type LogInBody, logOut, type Who, who} from '../log_in';
import {useTexts} from '../settings';
import {useStore} from '../store';
import {committed} from '../text';
import {Dialog} from './dialog';
import {TextField} from './field';
import {Heading} from './heading';
import {Entered, TroubleSaid} from './said';
import {SecretField} from './secret';

const pinLettersMin = 6;

/** What is typed to log in lives in the open form, and is gone with each answer. */
function useLogIn(onDone?: () => void) {
  const [trouble, setTrouble] = useState<Trouble>();
  const [sending, setSending] = useState(false);
  const go = async (body: LogInBody): Promise<boolean> => {
    setSending(true);
    const answer = await logIn(body);
    setSending(false);
    setTrouble(answer.ok ? undefined : answer.trouble);
    if (answer.ok) onDone?.();
    return answer.ok;
  };
  return {trouble, sending, go};
}

/** A new PIN, typed twice; what is wrong with it so far. */
function NewPin({pin, again, onPin, onAgain}: {pin: string; again: string; onPin: (pin: string) => void; onAgain: (pin: string) => void}) {
  const t = useTexts().logIn;
  return (
    <>
      <SecretField label={t.newPin} value={pin} onChange={onPin} hint={t.newPinHint} name="new-pin" />
      <SecretField label={t.again} value={again} onChange={onAgain} error={again !== '' && !pin.startsWith(again) ? t.differs : undefined} name="again" />
    </>
  );
}

const isNewPin = (pin: string, again: string): boolean => [...pin].length >= pinLettersMin && pin === again;

/** `user`: it is locked, and only the PIN is asked for. */
function Form({user}: {user?: string}) {
  const t = useTexts();
  const [name, setName] = useState('');
  const [activates, setActivates] = useState(false);
  const [pin, setPin] = useState('');
  const [code, setCode] = useState('');
  const [again, setAgain] = useState('');
  const {trouble, sending, go} = useLogIn();
  const complete = (user !== undefined || committed(name) !== '') && (activates ? code !== '' && isNewPin(pin, again) : pin !== '');
  const submit = async (): Promise<void> => {
    if (!complete || sending) return;
    const said = {...(user === undefined ? {user: committed(name)} : {}), ...(activates ? {activation: code, new_pin: pin} : {pin})};
    setPin('');
    setAgain('');
    if (await go(said)) setCode('');
  };
  return (
    <form
      class="log-in"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {user === undefined && <TextField label={t.logIn.user} value={name} onChange={setName} required name="log-in-user" />}
      {activates ? (
        <>
          <SecretField label={t.logIn.code} value={code} onChange={setCode} hint={t.logIn.codeHint} first name="activation" />
          <NewPin pin={pin} again={again} onPin={setPin} onAgain={setAgain} />
        </>
      ) : (
        <SecretField label={t.logIn.pin} value={pin} onChange={setPin} first={user !== undefined} refused={trouble !== undefined} name="pin" />
      )}
      {trouble && <TroubleSaid trouble={trouble} />}
      <div class="buttons">
        {user === undefined && (
          <button type="button" onClick={() => setActivates(!activates)}>
            {activates ? t.logIn.havePin : t.logIn.haveCode}
          </button>
        )}
        {user !== undefined && (
          <button type="button" onClick={() => void logOut()}>
            {t.logIn.other}
          </button>
        )}
        <button type="submit" class="primary" disabled={!complete || sending}>
          {user === undefined ? t.logIn.go : t.logIn.unlock}
        </button>
      </div>
    </form>
  );
}

/** Over everything, dialogs too; nothing under it can be read until the PIN was typed. */
function Locked({user, display}: {user: string; display: string}) {
  const t = useTexts().logIn;
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog ref={element} class="lock" aria-labelledby="locked" onCancel={(event) => event.preventDefault()} onClose={() => element.current?.showModal()}>
      <h2 id="locked">{t.locked}</h2>
      <p>
        <Entered text={display || user} />
      </p>
      <p class="hint">{t.lockedHint}</p>
      <Form user={user} />
    </dialog>
  );
}

/** Shows what is inside to who is logged in; another one begins with views of their own. */
export function Gate({children}: {children: ComponentChildren}) {
  const t = useTexts();
  const now = useStore(who);
  if (!now) return <p>{t.nav.loading}</p>;
  if (!now.needed) return <>{children}</>;
  if (now.user === null)
    return (
      <>
        <Heading>{t.logIn.title}</Heading>
        <p>{t.logIn.explain}</p>
        <Form />
      </>
    );
  return (
    <>
      {now.locked && <Locked user={now.user} display={now.display ?? ''} />}
      <div key={now.user} hidden={now.locked}>
        {children}
      </div>
    </>
  );
}

function ChangePin({user, onClose}: {user: string; onClose: () => void}) {
  const t = useTexts();
  const [old, setOld] = useState('');
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const {trouble, sending, go} = useLogIn(onClose);
  return (
    <Dialog title={t.logIn.change} onClose={onClose}>
      <SecretField label={t.logIn.pin} value={old} onChange={setOld} first refused={trouble !== undefined} name="pin" />
      <NewPin pin={pin} again={again} onPin={setPin} onAgain={setAgain} />
      {trouble && <TroubleSaid trouble={trouble} />}
      <div class="buttons">
        <button type="button" onClick={onClose}>
          {t.dialog.cancel}
        </button>
        <button
          type="button"
          class="primary"
          disabled={old === '' || !isNewPin(pin, again) || sending}
          onClick={() => {
            void go({user, pin: old, new_pin: pin});
            setOld('');
          }}
        >
          {t.logIn.changeGo}
        </button>
      </div>
    </Dialog>
  );
}

/** Who is logged in, and how that ends. */
export function PersonHere({now}: {now: Who}) {
  const t = useTexts().logIn;
  const [changing, setChanging] = useState(false);
  if (now.user === null || now.locked) return null;
  return (
    <div class="person">
      <span>
        {t.label} <strong><Entered text={now.display || now.user} /></strong>
      </span>
      <button type="button" class="small" onClick={() => setChanging(true)}>
        {t.changeOpen}
      </button>
      <button type="button" class="small" onClick={() => void lock()}>
        {t.lock}
      </button>
      <button type="button" class="small" onClick={() => void logOut()}>
        {t.out}
      </button>
      {changing && <ChangePin user={now.user} onClose={() => setChanging(false)} />}
    </div>
  );
}
