import { createSubscriber } from 'svelte/reactivity';
import type { RefusalCode } from '../protocol';
import type { Base, Messages } from './ja';
import type { Args, Told } from './told';

export type { Messages, Args };
export type Locale = 'ja' | 'en';

export const locales: readonly Locale[] = ['ja', 'en'];

const load: Record<Locale, () => Promise<Base>> = {
  ja: () => import('./ja').then((m) => m.ja),
  en: () => import('./en').then((m) => m.en),
};
const loadInside: Record<Locale, () => Promise<Omit<Messages, keyof Base>>> = {
  ja: () => import('./ja/inside').then((m) => m.inside),
  en: () => import('./en/inside').then((m) => m.inside),
};

let messages: (Base & Partial<Messages>) | undefined;
let speaking: Promise<void> | undefined;
let whole = false;
let locale: Locale = 'ja';
let changed = () => {};
const watch = createSubscriber((update) => {
  changed = update;
});

/** The messages in the person's language: `t.nav.room`, `t.nav.fresh(3)`. Reading it in a template or a $derived follows the language. */
export const t: Messages = new Proxy({} as Messages, {
  get(_, section) {
    watch();
    if (!messages) throw new Error('no language is loaded');
    return (messages as Messages)[section as keyof Messages];
  },
});

/** The language in use; follows like `t`. */
export function language(): Locale {
  watch();
  return locale;
}

/** The language to begin with: the one chosen before, else Japanese for a Japanese browser, else English. */
export function preferred(chosen: string | null, browser: string): Locale {
  if (chosen === 'ja' || chosen === 'en') return chosen;
  return browser.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}

/** Loads a language and shows everything in it. Call once before the first screen. */
export function speak(next: Locale): Promise<void> {
  return (speaking = (async () => {
    const [base, rest] = await Promise.all([load[next](), whole ? loadInside[next]() : undefined]);
    messages = { ...base, ...rest };
    locale = next;
    if (typeof document !== 'undefined') document.documentElement.lang = next;
    changed();
  })());
}

/** Loads what is read only inside an event, too; a screen in there waits for it. */
export async function speakInside(): Promise<void> {
  await speaking;
  if (whole || !messages) return;
  const rest = await loadInside[locale]();
  messages = { ...messages, ...rest };
  whole = true;
  changed();
}

/** The person chooses a language; it is kept on this device. */
export async function choose(next: Locale): Promise<void> {
  await speak(next);
  keep('goen.lang', next);
}

/** What to tell the person about a refusal. A code from a newer server has a general sentence. */
export function refusal(code: RefusalCode | (string & {}), args: Args = {}): string {
  const words: Record<string, Told> = { ...t.error, ...(whole ? t.refused : {}) };
  const told = Object.hasOwn(words, code) ? words[code] : undefined;
  if (told === undefined) return t.errorElse;
  return typeof told === 'string' ? told : told(args);
}

/** Private mode may refuse to store; then the choice lasts as long as the page. */
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // not kept
  }
}

export function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
