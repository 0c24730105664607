import { createSubscriber } from 'svelte/reactivity';
import type { RefusalCode } from '../protocol';
import type { Messages } from './ja';
import type { Args } from './told';

export type { Messages, Args };
export type Locale = 'ja' | 'en';

export const locales: readonly Locale[] = ['ja', 'en'];

const load: Record<Locale, () => Promise<Messages>> = {
  ja: () => import('./ja').then((m) => m.ja),
  en: () => import('./en').then((m) => m.en),
};

let messages: Messages | undefined;
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
    return messages[section as keyof Messages];
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
export async function speak(next: Locale): Promise<void> {
  messages = await load[next]();
  locale = next;
  if (typeof document !== 'undefined') document.documentElement.lang = next;
  changed();
}

/** The person chooses a language; it is kept on this device. */
export async function choose(next: Locale): Promise<void> {
  await speak(next);
  keep('goen.lang', next);
}

/** What to tell the person about a refusal. A code from a newer server has a general sentence. */
export function refusal(code: RefusalCode | (string & {}), args: Args = {}): string {
  if (!Object.hasOwn(t.error, code)) return t.errorElse;
  const told = t.error[code as RefusalCode];
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
