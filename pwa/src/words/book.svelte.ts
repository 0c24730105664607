import { language } from '../i18n';
import type { Area, Trade } from '../trades';

export type Book = typeof import('../trades');

// The names of trades and places, 60 kB of them, come after the screen.
let book = $state.raw<Book>();
let coming: Promise<Book> | undefined;
const trades = new Map<string, Trade>();
const areas = new Map<string, Area>();

/** Fetches the names; whoever needs them to act waits here. */
export function fetchBook(): Promise<Book> {
  coming ??= import('../trades').then((got) => {
    for (const trade of got.trades) trades.set(trade.id, trade);
    for (const area of got.areas) for (const name of [area[0], area[2], area[4].toLowerCase()]) if (!areas.has(name)) areas.set(name, area);
    book = got;
    return got;
  });
  coming.catch(() => (coming = undefined)); // asked for again the next time
  return coming;
}

/** The names once they are here; reading it in a template fetches them and follows. */
export function names(): Book | undefined {
  void fetchBook().catch(() => undefined);
  return book;
}

/** A trade in the reader's language; empty until the names have come, and for none. */
export function tradeName(id: string | undefined): string {
  if (!id || !names()) return '';
  return trades.get(id)?.[language()] ?? '';
}

export function tradeOf(id: string | undefined): Trade | undefined {
  return id && names() ? trades.get(id) : undefined;
}

/** A place as its owner wrote it, or, if it is one that we know, in the reader's language. */
export function areaName(text: string): string {
  if (!text || !names()) return text;
  const area = areas.get(text) ?? areas.get(text.toLowerCase());
  return area ? (language() === 'ja' ? area[2] : area[4]) : text;
}

/** How the place is kept: by its Japanese name if we know it, so that both languages read it. */
export function areaKept(text: string): string {
  const plain = text.trim();
  return (areas.get(plain) ?? areas.get(plain.toLowerCase()))?.[2] ?? plain;
}

/** The prefecture that a kept place lies in, or is. */
export function prefectureOf(text: string): string {
  const area = areas.get(text);
  if (!area) return '';
  return isPrefecture(area) ? area[2] : (areas.get(area[1])?.[2] ?? '');
}

/** Prefectures are those whose parent is a region; cities have a prefecture, regions and 全国 have none. */
export function isPrefecture(area: Area): boolean {
  return area[1] !== '' && areas.get(area[1])?.[1] === '';
}
