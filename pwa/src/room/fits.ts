import type { LiveRoom } from '../live/room.svelte';
import type { EntryView, GivenView, NeedView, PleaView, ReceivedView, SuggestionView } from '../protocol';
import { langOf } from './people';
import { names } from '../words/book.svelte';
import { spotTrades } from '../words/find';

// Reading a text for every trade takes a while, and a counter that moves must not read the whole room again.
const read = new Map<string, string[]>();

/** What a need asks for: the trade that its poster named, else those that its words speak of. */
export function tradesOf(need: { trade: string; who: string }): string[] {
  if (need.trade) return [need.trade];
  const book = names();
  if (!book) return [];
  let spots = read.get(need.who);
  if (!spots) {
    if (read.size > 1000) read.clear();
    spots = spotTrades(book.trades, need.who).map((s) => s.id);
    if (langOf(need.who) === 'ja') spots.reverse(); // 事業承継を考えている飲食店: what is meant comes last
    read.set(need.who, spots);
  }
  return spots;
}

/**
 * What somebody asks, then the hints that stand: requests of the host, then where I could give something back, else best first as they came. One that the person
 * has just put away is not among them.
 */
export function hintsOf(room: LiveRoom, away: (id: string) => boolean): (PleaView | SuggestionView)[] {
  const rank = (s: SuggestionView) => (s.called ? 0 : s.back ? 1 : 2);
  const hints = [...room.all('suggestion')].sort((a, b) => rank(a) - rank(b));
  return [...[...room.all('plea')].sort((a, b) => a.at - b.at), ...hints].filter((s) => !away(s.id) && complete(room, s));
}

/** Everything that a hint speaks of is here; the streams do not come at once. */
function complete(room: LiveRoom, s: PleaView | SuggestionView): boolean {
  const card = s.k === 'suggestion' ? s.card : undefined;
  return (!s.need || !!room.one('need', s.need)) && (!s.entry || !!room.one('entry', s.entry)) && (!card || !!room.one('person', card));
}

/** Whom an offer would serve: who posted the need, or who is here and may help an acquaintance. */
export function servedBy(room: LiveRoom, s: PleaView | SuggestionView): string {
  return (s.need ? room.one('need', s.need)?.by : s.k === 'suggestion' ? s.card : '') ?? '';
}

/** How many introductions that I wanted came from somebody. */
export function receivedFrom(room: LiveRoom, id: string): number {
  return room.you?.from?.find((c) => c.by === id)?.n ?? 0;
}

/** How many of my entries may give something back to somebody. */
export function returnsTo(room: LiveRoom, id: string): number {
  const back = room.all('suggestion').filter((s) => s.back && servedBy(room, s) === id);
  return new Set(back.map((s) => s.entry ?? '')).size;
}

/** The room's order as I see it: among what is not pinned, the needs of those who gave to me first. */
export function inMyOrder(room: LiveRoom): (a: NeedView, b: NeedView) => number {
  const gave = new Set(room.you?.from?.map((c) => c.by));
  return (a, b) => Number(b.pinned ?? false) - Number(a.pinned ?? false) || Number(gave.has(b.by)) - Number(gave.has(a.by)) || inOrder(a, b);
}

/** My entries for a need: hinted ones first, then the same trade, then the others. */
export function entriesFor(room: LiveRoom, need: NeedView): { entry: EntryView; why: 'hint' | 'trade' | '' }[] {
  const hinted = new Set(room.all('suggestion').filter((s) => s.need === need.id).map((s) => s.entry ?? ''));
  const wanted = new Set(tradesOf(need));
  const rank = { hint: 0, trade: 1, '': 2 };
  return room
    .all('entry')
    .map((entry) => ({ entry, why: hinted.has(entry.id) ? ('hint' as const) : wanted.has(entry.trade) ? ('trade' as const) : ('' as const) }))
    .sort((a, b) => rank[a.why] - rank[b.why]);
}

/** What the host has pinned first, then the newest. */
export function inOrder(a: { pinned?: boolean; at: number }, b: { pinned?: boolean; at: number }): number {
  return Number(b.pinned ?? false) - Number(a.pinned ?? false) || b.at - a.at;
}

/** Tells of a need whether something of mine may answer it: a hint, an entry of that trade, or my own trade. */
export function fitter(room: LiveRoom): (need: NeedView) => boolean {
  const me = room.you;
  const hinted = new Set(room.all('suggestion').map((s) => s.need ?? ''));
  const entries = new Set(room.all('entry').map((e) => e.trade));
  // A need on behalf is answered by oneself only.
  const mine = (trade: string, self: boolean) => trade === me?.card.trade || (!self && entries.has(trade));
  return (need) => need.by !== me?.id && (hinted.has(need.id) || tradesOf(need).some((trade) => mine(trade, !!need.behalf)));
}

/** My offer for a need that still stands, or came to something; the newest. For somebody's acquaintance it is I who receives. */
export function offeredBy(room: LiveRoom, need: string): GivenView | ReceivedView | undefined {
  return [...room.all('given').filter((g) => !g.behalf), ...room.all('received').filter((r) => r.behalf)]
    .filter((g) => g.need === need && g.step !== 'ended' && g.step !== 'revoked')
    .sort((a, b) => b.at - a.at)[0];
}
