// What somebody is writing survives closing the sheet and reloading the page.
import { kept, keep } from '../i18n';
import { lengthOf } from '../ui/keys';

export type NeedWords = { who: string; area: string; why: string; until: string; trade: string };

export const empty: NeedWords = { who: '', area: '', why: '', until: '', trade: '' };

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
    const draft = { ...empty };
    if (typeof got === 'object' && got !== null) {
      for (const k of Object.keys(draft) as (keyof NeedWords)[]) {
        const value = (got as Record<string, unknown>)[k];
        if (typeof value === 'string') draft[k] = value;
      }
    }
    return draft;
  } catch {
    return { ...empty };
  }
}

export function keepDraft(event: string, w: NeedWords): void {
  if (!isEmpty(w)) keep(key(event), JSON.stringify(w));
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
  return { who: one(w.who), area: one(w.area), why: one(w.why), until: one(w.until), trade: w.trade };
}
