// What somebody is writing survives closing the sheet and reloading the page.
import { kept, keep } from '../i18n';
import type { Behalf } from '../protocol';
import { lengthOf } from '../ui/keys';

export type NeedWords = { who: string; area: string; why: string; until: string; trade: string; behalf?: Behalf };

export const empty: NeedWords = { who: '', area: '', why: '', until: '', trade: '' };
export const nobody: Behalf = { trade: '', area: '', size: '' };

/** All blanks together. */
export const maxNeed = 280;

export function lengthOfNeed(w: NeedWords): number {
  return lengthOf(w.who.trim() + w.area.trim() + w.why.trim() + w.until.trim());
}

export function isEmpty(w: NeedWords): boolean {
  return !(w.who.trim() || w.area.trim() || w.why.trim() || w.until.trim());
}

const key = (event: string) => `goen.draft.${event}`;

export function readDraft(event: string): NeedWords {
  try {
    const got: unknown = JSON.parse(kept(key(event)) ?? '{}');
    const draft = texts(empty, got);
    const their = typeof got === 'object' && got !== null && 'behalf' in got ? got.behalf : undefined;
    return their ? { ...draft, behalf: texts(nobody, their) } : draft;
  } catch {
    return { ...empty };
  }
}

// The texts of a form out of what was kept; what is no text counts as empty.
function texts<T extends Record<string, unknown>>(form: T, got: unknown): T {
  const read: Record<string, unknown> = { ...form };
  for (const k of Object.keys(form)) {
    const value = typeof got === 'object' && got !== null ? (got as Record<string, unknown>)[k] : undefined;
    if (typeof value === 'string') read[k] = value;
  }
  return read as T;
}

export function keepDraft(event: string, w: NeedWords): void {
  if (!isEmpty(w) || w.behalf?.trade) keep(key(event), JSON.stringify(w));
  else {
    try {
      localStorage.removeItem(key(event));
    } catch {
      // nothing was kept
    }
  }
}

/** As it goes out: one line each, no space around. */
export function trimmed(w: NeedWords): NeedWords {
  const one = (text: string) => text.replace(/\s*\n\s*/g, ' ').trim();
  const words = { who: one(w.who), area: one(w.area), why: one(w.why), until: one(w.until), trade: w.trade };
  return w.behalf ? { ...words, behalf: { ...w.behalf, area: one(w.behalf.area) } } : words;
}
