// The board in words, and what a search finds on it.
import { t } from '../i18n';
import type { LiveRoom } from '../live/room.svelte';
import type { BoardView, EntryView } from '../protocol';
import { sanOf } from '../room/people';
import type { Trade } from '../trades';
import { areaName, names, prefectureOf, tradeName } from '../words/book.svelte';
import { findTrades, fold } from '../words/find';

/** What stands at the head of a row: 「税理士・千葉県・10〜29人」. */
export function headOf(row: Pick<BoardView, 'trade' | 'area' | 'size'>): string {
  return [tradeName(row.trade), areaName(row.area), row.size && t.list.sizes[row.size]].filter(Boolean).join(t.list.dot);
}

/** The row that an entry would be on the board. */
export function rowOf(entry: Omit<EntryView, 'k' | 'id' | 'reach' | 'words'>, owner: string, words: boolean): BoardView {
  const { trade, area, size, closeness, offers } = entry;
  return { k: 'board', id: '', owner, trade, area, size, closeness, ...(words && offers ? { offers } : {}) };
}

/** The rows in which every word of the query occurs: as a trade by any of its names, as a place, in what is told, or as the owner. */
export function found(rows: readonly BoardView[], query: string, texts: (row: BoardView) => string[], trades: readonly Trade[]): BoardView[] {
  const words = query.normalize('NFKC').split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const said = texts(row).map(fold);
    return words.every((word) => said.some((text) => text.includes(fold(word))) || findTrades(trades, word, 20).includes(row.trade));
  });
}

export function textsOf(room: LiveRoom): (row: BoardView) => string[] {
  return (row) => [headOf(row), row.area, prefectureOf(row.area), row.offers ?? '', sanOf(room, row.owner)];
}

/** By trade as in the taps, then by place; one's own last. */
export function inOrder(rows: readonly BoardView[], me: string): BoardView[] {
  const order = new Map(names()?.trades.map((trade, i) => [trade.id, i]));
  const rank = (row: BoardView) => (row.owner === me ? 1e6 : 0) + (order.get(row.trade) ?? 0);
  return [...rows].sort((a, b) => rank(a) - rank(b) || a.area.localeCompare(b.area, 'ja') || a.id.localeCompare(b.id));
}

/** A town and a trade may be one person; on the board even a city may. Where to widen to, or nothing. */
export function widerOf(area: string, open: boolean): string {
  const pref = prefectureOf(area) || (/^.{2,3}?[都道府県]/.exec(area)?.[0] ?? '');
  return pref && pref !== area && (open || /[町村]$/.test(area)) ? pref : '';
}
