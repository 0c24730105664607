import { describe, expect, test } from 'vitest';
import { barsThatFit, groupsOf, leanOf, mostOf, tradesOf } from '../src/balance/balance';
import { balance as en } from '../src/i18n/en/balance';
import { balance as ja } from '../src/i18n/ja/balance';
import type { Bar, LineView } from '../src/protocol';
import { groups, trades } from '../src/trades';
import { pagesOf } from '../src/wall/pages';

const bar = (group: string, supply: number, demand: number, trade?: string): Bar => ({ group, supply, demand, ...(trade ? { trade } : {}) });

describe('the balance', () => {
  test('11 : 2 is thin in demand, more who ask than are here is crowded, the rest is even', () => {
    expect([leanOf({ supply: 11, demand: 2 }), leanOf({ supply: 11, demand: 11 }), leanOf({ supply: 1, demand: 2 })]).toEqual(['few', 'even', 'many']);
    expect([leanOf({ supply: 1, demand: 0 }), leanOf({ supply: 4, demand: 2 }), leanOf({ supply: 0, demand: 1 })]).toEqual(['few', 'even', 'many']);
  });

  test('whole groups, the most uneven first, and the round before all', () => {
    const bars = [bar('build', 3, 3), bar('licensed', 11, 2), bar('licensed', 9, 2, 'zeirishi'), bar('make', 1, 4), bar('it', 0, 3)];
    const order = (list: Bar[]) => list.map((b) => b.trade ?? b.group);
    expect(order(groupsOf(bars))).toEqual(['licensed', 'make', 'it', 'build']);
    expect(order(groupsOf(bars, { group: 'build' }))).toEqual(['build', 'licensed', 'make', 'it']);
    expect(order(groupsOf(bars, { group: 'licensed', trade: 'zeirishi' }))).toEqual(['zeirishi', 'licensed', 'make', 'it', 'build']);
    expect(order(tradesOf(bars, 'licensed'))).toEqual(['zeirishi']);
    expect([mostOf(bars), mostOf([])]).toEqual([11, 1]);
  });

  test('six bars at the most on the screen, and one at the least', () => {
    expect([barsThatFit(Infinity), barsThatFit(35), barsThatFit(20), barsThatFit(0)]).toEqual([6, 6, 3, 1]);
    expect(barsThatFit(20, true)).toBe(2);
  });

  test('the bars have a page of their own', () => {
    expect(pagesOf([], [{ k: 'thanks', id: 't', line: 'a' }], 30, true).map((p) => p.kind)).toEqual(['bars', 'thanks']);
    const line = (id: string): LineView => ({ k: 'line', id, at: 1, offers: 0, who: 'a', area: '', why: '', until: '', trade: '' });
    const kinds = (n: number, room: number) => pagesOf(Array.from({ length: n }, (_, i) => line(`n${i}`)), [], room, true).map((p) => p.kind);
    expect(kinds(3, 9)).toEqual(['needs', 'needs', 'bars', 'needs', 'bars']);
    expect(kinds(2, 9)).toEqual(['needs', 'needs', 'bars']);
    expect(kinds(9, Infinity)).toEqual(['needs', 'bars']);
  });

  test('in both languages there is a word for every 士業 and every other group, and none for what is not there', () => {
    const known = [...trades.filter((x) => x.l).map((x) => x.id), ...groups.map((g) => g.id).filter((id) => id !== 'licensed')].sort();
    for (const words of [ja, en]) expect(Object.keys(words.trouble).sort()).toEqual(known);
  });

  test('the words of the invitation name trades and the link, and stay whole without them', () => {
    const text = ja.inviteText('1月21日(木) 19:00', '第12回', '商工会議所', '税理士、行政書士', '税金、決算', 'https://x/j/e#s');
    for (const part of ['第12回', '税理士、行政書士', '税金、決算', 'https://x/j/e#s']) expect(text).toContain(part);
    expect(ja.inviteText('いつ', '会', '', '税理士', '', 'l')).not.toContain('()');
    expect(en.inviteText('when', 'title', '', 'Lawyer', '', 'l')).not.toContain('with ,');
  });
});
