import {load, save} from './keep';
import {Store} from './store';
import {en} from './texts/en';
import {vi, type Texts} from './texts/vi';
import {useStore} from './store';

export type Language = 'vi' | 'en';
export type Theme = 'auto' | 'light' | 'dark';
export type TextSize = 'normal' | 'large' | 'larger';
export type Settings = {language: Language; theme: Theme; textSize: TextSize};

const languages: Record<Language, Texts> = {vi, en};
const themes: readonly Theme[] = ['auto', 'light', 'dark'];
const textSizes: readonly TextSize[] = ['normal', 'large', 'larger'];

function oneOf<T extends string>(value: unknown, choices: readonly T[], otherwise: T): T {
  return choices.find((choice) => choice === value) ?? otherwise;
}

function loaded(): Settings {
  const kept = (load('settings') ?? {}) as Record<string, unknown>;
  return {
    language: oneOf(kept['language'], ['vi', 'en'], 'vi'),
    theme: oneOf(kept['theme'], themes, 'auto'),
    textSize: oneOf(kept['textSize'], textSizes, 'normal'),
  };
}

export const settings = new Store<Settings>(loaded());

const night = matchMedia('(prefers-color-scheme: dark)');

function show({language, theme, textSize}: Settings): void {
  const root = document.documentElement;
  root.lang = language;
  root.dataset['theme'] = theme === 'auto' ? (night.matches ? 'dark' : 'light') : theme;
  root.dataset['text'] = textSize;
}

export function change(part: Partial<Settings>): void {
  settings.set({...settings.get(), ...part});
  save('settings', settings.get());
  show(settings.get());
}

export function startSettings(): void {
  show(settings.get());
  night.addEventListener('change', () => show(settings.get()));
}

export function useTexts(): Texts {
  return languages[useStore(settings).language];
}

export function useLanguage(): Language {
  return useStore(settings).language;
}

/** Outside of views. */
export function texts(): Texts {
  return languages[settings.get().language];
}
