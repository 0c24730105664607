import { keep, kept } from '../i18n';
import type { Card } from '../protocol';

/** The version of the text on the join page that somebody agrees to. Whoever changes t.join.who, whoMail, until or agree raises it. */
export const TERMS = '2026-11';

export function emptyCard(): Card {
  return {
    ...{ name: '', kana: '', firm: '', trade: '', line: '', topics: [], homepage: '', mail: '', phone: '', offers: '', seeks: '', photo: '' },
    ...{ toRoom: false, onScreen: false, newsOK: false },
  };
}

// What one wrote about oneself comes back at the next event; the consents never do.
const remembered = ['name', 'kana', 'firm', 'trade', 'line', 'mail'] as const;

export function rememberedCard(): Card {
  const card = emptyCard();
  try {
    const was: unknown = JSON.parse(kept('goen.mycard') ?? '{}');
    for (const k of remembered) {
      const v = (was as Record<string, unknown> | null)?.[k];
      if (typeof v === 'string') card[k] = v;
    }
  } catch {
    // of another time
  }
  return card;
}

export function rememberCard(card: Card): void {
  keep('goen.mycard', JSON.stringify(Object.fromEntries(remembered.map((k) => [k, card[k]]))));
}

export function forgetCard(): void {
  try {
    localStorage.removeItem('goen.mycard');
  } catch {
    // nothing was kept
  }
}
