import type { LiveRoom } from '../live/room.svelte';
import type { EntryView, GivenView, NeedView, SuggestionView } from '../protocol';
import { langOf } from './people';
import { names } from '../words/book.svelte';
import { spotTrades } from '../words/find';

/** What a need asks for: the trade that its poster named, else those that its words speak of. */
export function tradesOf(need: { trade: string; who: string }): string[] {
  if (need.trade) return [need.trade];
  const book = names();
  const spots = book ? spotTrades(book.trades, need.who).map((s) => s.id) : [];
  return langOf(need.who) === 'ja' ? spots.reverse() : spots; // 事業承継を考えている飲食店: what is meant comes last

}

/** The hints that stand, best first as they came; one that the person has just put away is not among them. */
export function hintsOf(room: LiveRoom, away: (id: string) => boolean): SuggestionView[] {
  return room.all('suggestion').filter((s) => !away(s.id) && room.one('need', s.need) && room.one('entry', s.entry));
}

/** My entries for a need: hinted ones first, then the same trade, then the others. */
export function entriesFor(room: LiveRoom, need: NeedView): { entry: EntryView; why: 'hint' | 'trade' | '' }[] {
  const hinted = new Set(room.all('suggestion').filter((s) => s.need === need.id).map((s) => s.entry));
  const wanted = new Set(tradesOf(need));
  const rank = { hint: 0, trade: 1, '': 2 };
  return room
    .all('entry')
    .map((entry) => ({ entry, why: hinted.has(entry.id) ? ('hint' as const) : wanted.has(entry.trade) ? ('trade' as const) : ('' as const) }))
    .sort((a, b) => rank[a.why] - rank[b.why]);
}

/** Something of mine may answer it: a hint, an entry of that trade, or my own trade. */
export function fitsMe(room: LiveRoom, need: NeedView): boolean {
  if (need.by === room.you?.id) return false;
  if (room.all('suggestion').some((s) => s.need === need.id)) return true;
  const wanted = tradesOf(need);
  return wanted.some((trade) => trade === room.you?.card.trade || room.all('entry').some((e) => e.trade === trade));
}

/** My offer for a need that still stands, or came to something; the newest. */
export function offeredBy(room: LiveRoom, need: string): GivenView | undefined {
  return room
    .all('given')
    .filter((g) => g.need === need && g.step !== 'ended' && g.step !== 'revoked')
    .sort((a, b) => b.at - a.at)[0];
}
