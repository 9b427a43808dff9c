import type {ComponentChildren} from 'preact';
import {useEffect} from 'preact/hooks';
import {session} from '../api';
import {keeps} from '../keep';
import {liveness} from '../live';
import {change, type Language, settings, type TextSize, type Theme, useTexts} from '../settings';
import {useStore} from '../store';
import {clock} from '../time';
import {Banner} from './said';

/** What stands between the page and the truth, while something does. */
function Standing({command}: {command: string}) {
  const t = useTexts();
  const live = useStore(liveness);
  const state = useStore(session).state;
  const keeping = useStore(keeps);
  return (
    <div role="status" class="standing">
      {state === 'closed' && (
        <Banner kind="warn" icon="shield">
          <strong>{t.session.closed}</strong>
          <p>
            {t.session.reopen} <code>{command}</code>
          </p>
          <p>{t.session.draftsKept}</p>
        </Banner>
      )}
      {state !== 'closed' && live.state === 'unknown' && (
        <Banner kind="warn" icon="cut">
          <strong>{t.live.unknownSince(clock(live.since))}</strong>
          <p>{t.live.unknownWhy}</p>
        </Banner>
      )}
      {!keeping && (
        <Banner kind="warn" icon="question">
          <p>{t.session.storageOff}</p>
        </Banner>
      )}
    </div>
  );
}

export function SettingsMenu() {
  const t = useTexts();
  const now = useStore(settings);
  const choose = <T extends string>(label: string, name: string, value: T, choices: readonly [T, string][], set: (value: T) => void) => (
    <label>
      {label}
      <select name={name} value={value} onChange={(event) => set(event.currentTarget.value as T)}>
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div class="settings">
      {choose<Language>(t.settings.language, 'language', now.language, [['vi', 'Tiếng Việt'], ['en', 'English']], (language) => change({language}))}
      {choose<Theme>(t.settings.theme, 'theme', now.theme, [['auto', t.settings.auto], ['light', t.settings.light], ['dark', t.settings.dark]],
                     (theme) => change({theme}))}
      {choose<TextSize>(t.settings.textSize, 'textSize', now.textSize,
                        [['normal', t.settings.normal], ['large', t.settings.large], ['larger', t.settings.larger]], (textSize) => change({textSize}))}
    </div>
  );
}

export type NavItem = {href: string; label: string; current: boolean; count?: number | undefined; urgent?: boolean};

export function Shell(props: {title: string; subtitle: string; command: string; nav: readonly NavItem[]; status: ComponentChildren;
                              aside?: ComponentChildren; children: ComponentChildren}) {
  const t = useTexts();
  const here = props.nav.find((item) => item.current)?.label ?? '';
  useEffect(() => {
    document.title = `${here} · ${props.title}`; // the section alone: titles stay in the browser's history
  }, [here, props.title]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>
        {t.nav.skip}
      </a>
      <header>
        <div class="bar">
          <div class="brand">
            <strong>{props.title}</strong> <span>{props.subtitle}</span>
          </div>
          {props.aside}
          <details class="menu">
            <summary>{t.settings.title}</summary>
            <SettingsMenu />
          </details>
        </div>
        <nav aria-label={t.nav.label}>
          {props.nav.map((item) => (
            <a key={item.href} href={item.href} aria-current={item.current ? 'page' : undefined}>
              {item.label}
              {item.count !== undefined && <span class={item.urgent && item.count > 0 ? 'count urgent' : 'count'}>{item.count}</span>}
            </a>
          ))}
        </nav>
      </header>
      <div class="status" role="region" aria-label={t.nav.status}>
        {props.status}
      </div>
      <Standing command={props.command} />
      <main id="main" tabIndex={-1}>
        {props.children}
      </main>
    </>
  );
}
