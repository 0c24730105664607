import { expect, test } from 'vitest';
import type { AnnouncementView, WatchView } from '../src/protocol';
import { standsAlone, waits } from '../src/desk/needs';
import { inOrder } from '../src/room/fits';
import { standing } from '../src/room/news';

const news = (id: string, at: number): AnnouncementView => ({ k: 'announcement', id, at, text: id });

test('announcements stand the latest on top, without those put away here', () => {
  const all = [news('a', 1), news('c', 3), news('b', 2)];
  expect(standing(all, []).map((a) => a.id)).toEqual(['c', 'b', 'a']);
  expect(standing(all, ['c', 'gone']).map((a) => a.id)).toEqual(['b', 'a']);
});

test('what is pinned stands first, then the newest', () => {
  const needs = [{ at: 3 }, { at: 1, pinned: true }, { at: 5 }, { at: 2, pinned: true }];
  expect([...needs].sort(inOrder).map((n) => n.at)).toEqual([2, 1, 5, 3]);
});

test('a held need waits for the host and is not counted as one without an offer', () => {
  const need = (more = {}): WatchView => ({ k: 'watch', id: 'n', by: 'p', at: 1, offers: 0, who: 'x', area: '', why: '', until: '', trade: '', ...more });
  expect([waits(need()), standsAlone(need())]).toEqual([false, true]);
  expect([waits(need({ held: true })), standsAlone(need({ held: true }))]).toEqual([true, false]);
  for (const gone of ['hidden', 'closed', 'out']) {
    expect([waits(need({ held: true, [gone]: true })), standsAlone(need({ [gone]: true }))]).toEqual([false, false]);
  }
  expect(standsAlone(need({ offers: 1 }))).toBe(false);
});
