import { beforeAll, describe, expect, test } from 'vitest';
import { found, inOrder, rowOf, widerOf } from '../src/board/board';
import type { BoardView } from '../src/protocol';
import { fetchBook, names } from '../src/words/book.svelte';

const row = (id: string, trade: string, area: string, more: Partial<BoardView> = {}): BoardView => ({ k: 'board', id, owner: 'p1', trade, area, size: '', closeness: '', ...more });
const rows = [row('a', 'zeirishi', '船橋市', { offers: '相続に強い' }), row('b', 'construction', '千葉県'), row('c', 'webdesign', '東京都', { owner: 'p2' })];
const texts = (r: BoardView) => [r.area, r.offers ?? '', r.owner === 'p1' ? '山本 健一さん' : 'Emily Carter'];

beforeAll(() => fetchBook());

describe('the search of the board', () => {
  const ids = (query: string) => found(rows, query, texts, names()!.trades).map((r) => r.id).join('');
  test.each([
    ['税理士', 'a'],
    ['ぜいり', 'a'],
    ['tax', 'a'],
    ['税理士 船橋', 'a'],
    ['税理士　千葉', ''],
    ['相続', 'a'],
    ['山本', 'ab'],
    ['emily', 'c'],
    ['  ', 'abc'],
    ['何もない言葉', ''],
  ])('%s', (query, want) => expect(ids(query)).toBe(want));
});

test('one’s own come last', () => {
  expect(inOrder(rows, 'p1').map((r) => r.id)[0]).toBe('c');
});

test('what goes out of an entry is what the row says, and the free text only with its tick', () => {
  const entry = { trade: 'zeirishi', area: '船橋市', size: '1', closeness: 'often', offers: '相続に強い', seeks: '移転先', label: 'Yさん', note: '個人は受けない' };
  expect(JSON.stringify(rowOf(entry, 'p1', false))).not.toMatch(/相続|移転先|Yさん|個人/);
  expect(JSON.stringify(rowOf(entry, 'p1', true))).toMatch(/相続に強い/);
  expect(JSON.stringify(rowOf(entry, 'p1', true))).not.toMatch(/移転先|Yさん|個人/);
});

test.each([
  ['船橋市', true, '千葉県'],
  ['船橋市', false, ''],
  ['葉山町', false, '神奈川県'],
  ['千葉県どこかの村', false, '千葉県'],
  ['千葉県', true, ''],
  ['関東', true, ''],
  ['', true, ''],
])('%s (open: %s) is widened to %s', (area, open, want) => expect(widerOf(area, open)).toBe(want));
