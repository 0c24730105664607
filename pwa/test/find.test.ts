import { describe, expect, it } from 'vitest';
import { areas, trades } from '../src/trades';
import { findTrades, fold, spotArea, spotTrades } from '../src/words/find';

describe('finding a trade', () => {
  it.each(['税理士', 'ぜいり', 'ゼイリシ', 'ｾﾞｲﾘｼ', 'zeiri', 'tax acc', '会計事務所'])('%s', (query) => {
    expect(findTrades(trades, query)).toContain('zeirishi');
  });

  it('puts what begins so first', () => {
    expect(findTrades(trades, 'せいぞう')[0]).toBe('manufacturing');
    expect(findTrades(trades, '税理士')[0]).toBe('zeirishi');
  });

  it('finds every trade by each of its own names', () => {
    for (const trade of trades) {
      for (const name of [trade.ja, trade.kana, trade.en]) expect(findTrades(trades, name, 3), name).toContain(trade.id);
    }
  });

  it('finds nothing for nothing', () => {
    expect(findTrades(trades, ' ')).toEqual([]);
    expect(findTrades(trades, 'ほげほげ')).toEqual([]);
  });
});

describe('spotting trades in a text', () => {
  const ids = (text: string) => spotTrades(trades, text).map((s) => s.id);

  it('takes the longer name where two overlap', () => {
    expect(ids('従業員30名前後の製造業の社長')).toEqual(['manufacturing']);
  });

  it('keeps the order of the text', () => {
    expect(ids('税理士と司法書士')).toEqual(['zeirishi', 'shihoshoshi']);
  });

  it('does not find a Latin name inside a word', () => {
    expect(ids('Spain')).toEqual([]);
    expect(ids('a tax accountant nearby')).toContain('zeirishi');
  });
});

describe('spotting a place', () => {
  it.each([
    ['船橋市', '船橋市'],
    ['船橋市周辺', '船橋市'],
    ['ふなばし', '船橋市'],
    ['Funabashi', '船橋市'],
    ['千葉県', '千葉県'],
    ['千葉市', '千葉市'],
    ['千葉', '千葉県'],
    ['東京', '東京都'],
    ['千葉県船橋市', '船橋市'],
    ['全国', '全国'],
    ['税理士', ''],
    ['', ''],
  ])('%s', (text, want) => {
    expect(spotArea(areas, text)).toBe(want);
  });
});

it('folds all ways of writing to one', () => {
  expect(fold('Ｗｅｂ・デザイナー')).toBe(fold('web でざいなー'));
});
