import { describe, expect, test } from 'vitest';
import type { LineView, ThanksView } from '../src/protocol';
import { deal, pagesOf, widthOf } from '../src/wall/pages';

const line = (id: string, who = '税理士', more = {}): LineView => ({ k: 'line', id, at: 1, offers: 0, who, area: '', why: '', until: '', trade: '', ...more });
const word = (id: string, text: string): ThanksView => ({ k: 'thanks', id, line: text });

describe('the pages of the screen', () => {
  test('hold as many as fit, in their order', () => {
    expect(deal([1, 2, 3, 4], 5, (n) => n)).toEqual([[1, 2], [3], [4]]);
    expect(deal([9, 1], 5, (n) => n)).toEqual([[9], [1]]);
    expect(deal([], 5, () => 1)).toEqual([]);
  });

  test('needs first, then thanks; a long need takes two lines', () => {
    const long = '従業員30名前後の製造業の社長で事業承継を考えている方';
    const pages = pagesOf([line('a'), line('b'), line('c', long)], [word('t', 'ありがとうございました。')], 17);
    expect(pages.map((p) => [p.kind, p.list.map((x) => x.id)])).toEqual([
      ['needs', ['a', 'b']],
      ['needs', ['c']],
      ['thanks', ['t']],
    ]);
  });

  test('a pin takes room in its line', () => {
    const sixteen = 'あ'.repeat(16);
    expect(pagesOf([line('a', sixteen), line('b', sixteen)], [], 17)).toHaveLength(1);
    expect(pagesOf([line('a', sixteen, { pinned: true }), line('b', sixteen)], [], 17)).toHaveLength(2);
  });

  test('on a phone everything is on one', () => {
    const many = Array.from({ length: 30 }, (_, i) => line(`n${i}`));
    expect(pagesOf(many, [word('t', 'a'), word('u', 'b')], Infinity).map((p) => p.list.length)).toEqual([30, 2]);
    expect(pagesOf([], [], Infinity)).toEqual([]);
  });

  test('Latin letters are half as wide', () => {
    expect(widthOf('税理士')).toBe(3);
    expect(widthOf('abc')).toBeCloseTo(1.68);
  });
});
