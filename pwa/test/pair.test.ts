import { beforeAll, expect, test } from 'vitest';
import { speak, speakInside, t } from '../src/i18n';
import { cards, groupOfPair, pairs, portraitRows, stateOfPair } from '../src/pair/pair';
import type { LiveRoom } from '../src/live/room.svelte';
import type { PairView } from '../src/protocol';

beforeAll(async () => {
  await speak('ja');
  await speakInside();
});

const pair = (step: string, more: Partial<PairView> = {}): PairView => ({ k: 'pair', id: step, step, at: 1, entry: 'e', ...more });
const room = (...all: PairView[]) => ({ all: () => [...all] }) as unknown as LiveRoom;

test('cards that wait for an answer come first, and none is a pair yet', () => {
  const said = pair('suggested', { id: 'a', yes: true });
  const later = pair('suggested', { id: 'c', at: 2 });
  const open = pair('suggested', { id: 'b' });
  const some = room(said, later, pair('agreed'), open);
  expect(cards(some).map((c) => c.id)).toEqual(['b', 'c', 'a']);
  expect(pairs(some).map((p) => p.id)).toEqual(['agreed']);
});

test('who has not asked yet has the turn, whatever the other did', () => {
  expect(groupOfPair(pair('agreed'))).toBe('turn');
  expect(groupOfPair(pair('asking', { sent: true }))).toBe('turn');
  expect(groupOfPair(pair('asking', { link: 'x' }))).toBe('running');
  expect(groupOfPair(pair('connected'))).toBe('joined');
  expect(groupOfPair(pair('ended'))).toBe('over');
  expect(groupOfPair(pair('revoked'))).toBe('over');
  expect(stateOfPair(pair('ended')).text).toBe(stateOfPair(pair('ended', { left: true })).text);
});

test('a portrait has a row for what was told, and no other', () => {
  expect(portraitRows(undefined)).toEqual([]);
  expect(portraitRows({ size: '30-99', seeks: 'ホームページ刷新' })).toEqual([
    ['規模', '30〜99人'],
    ['困りごと・探していること', 'ホームページ刷新'],
  ]);
});

test('the words to an acquaintance name the other go-between, and nobody who is not there', () => {
  const text = t.pair.message({ me: '山本 健一', event: '交流会', other: '佐藤さん', trade: 'Webデザイナー', link: 'https://goen.example/c/x', day: '1月28日' });
  for (const part of ['山本 健一', '佐藤さん', 'Webデザイナー', 'https://goen.example/c/x', '1月28日']) expect(text).toContain(part);
});
