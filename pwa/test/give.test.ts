import { expect, test } from 'vitest';
import { callable } from '../src/desk/needs';
import type { LiveRoom } from '../src/live/room.svelte';
import type { NeedView, SuggestionView, WatchView } from '../src/protocol';
import { hintsOf, inMyOrder, receivedFrom, returnsTo } from '../src/room/fits';

const words = { area: '', why: '', until: '', trade: '' };
const need = (id: string, by: string, at: number, more = {}): NeedView => ({ k: 'need', id, by, at, offers: 0, who: id, ...words, ...more });
const hint = (id: string, of: string, entry: string, more = {}): SuggestionView => ({ k: 'suggestion', id, need: of, entry, why: [], ...more });

/** A room of needs and hints, in which yamamoto has introduced two people to me. */
function room(needs: NeedView[], hints: SuggestionView[] = []): LiveRoom {
  const all: Record<string, { id: string }[]> = { need: needs, suggestion: hints, entry: hints.map((h) => ({ id: h.entry ?? '' })) };
  return {
    you: { from: [{ by: 'yamamoto', n: 2 }] },
    all: (kind: string) => all[kind] ?? [],
    one: (kind: string, id: string) => all[kind]?.find((v) => v.id === id),
  } as unknown as LiveRoom;
}

test('the needs of those who gave to me come first, after what is pinned, and the newest first among each', () => {
  const needs = [need('old', 'taka', 1), need('his', 'yamamoto', 2), need('pinned', 'taka', 3, { pinned: true }), need('new', 'emily', 9), need('his2', 'yamamoto', 5)];
  const order = [...needs].sort(inMyOrder(room(needs))).map((n) => n.id);
  expect(order).toEqual(['pinned', 'his2', 'his', 'new', 'old']);
});

test('requests of the host come first, then where I can give something back', () => {
  const needs = [need('a', 'taka', 1), need('b', 'yamamoto', 1), need('c', 'emily', 1)];
  const hints = [hint('1', 'a', 'e1'), hint('2', 'b', 'e2', { back: true }), hint('3', 'c', 'e3', { called: true }), hint('4', 'gone', 'e4', { called: true })];
  expect(hintsOf(room(needs, hints), () => false).map((h) => h.id)).toEqual(['3', '2', '1']);
  expect(hintsOf(room(needs, hints), (id) => id === '3').map((h) => h.id)).toEqual(['2', '1']);
});

test('how much I received from somebody, and how many may give it back', () => {
  const needs = [need('b', 'yamamoto', 1), need('b2', 'yamamoto', 2), need('c', 'emily', 1)];
  const hints = [hint('1', 'b', 'e1', { back: true }), hint('2', 'b2', 'e1', { back: true }), hint('3', 'b2', 'e2', { back: true }), hint('4', 'c', 'e3')];
  const r = room(needs, hints);
  expect([receivedFrom(r, 'yamamoto'), receivedFrom(r, 'emily')]).toEqual([2, 0]);
  expect([returnsTo(r, 'yamamoto'), returnsTo(r, 'emily')]).toEqual([2, 0]);
});

const min = 60_000;
test.each<[string, Partial<WatchView>, number, boolean]>([
  ['after five minutes', {}, 5 * min, true],
  ['before', {}, 5 * min - 1, false],
  ['with an offer', { offers: 1 }, 9 * min, false],
  ['closed', { closed: true }, 9 * min, false],
  ['hidden', { hidden: true }, 9 * min, false],
  ['held', { held: true }, 9 * min, false],
  ['of who has left', { out: true }, 9 * min, false],
  ['for an acquaintance', { behalf: { trade: 'web', area: '', size: '' } }, 9 * min, false],
  ['soon after a call', { calledAt: 6 * min }, 16 * min - 1, false],
  ['ten minutes after a call', { calledAt: 6 * min }, 16 * min, true],
])('a host may call for a need: %s', (_, more, now, want) => {
  expect(callable({ k: 'watch', id: 'n', by: 'p', at: 0, offers: 0, who: 'x', ...words, ...more }, now)).toBe(want);
});
