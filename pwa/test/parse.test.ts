import { describe, expect, it } from 'vitest';
import { band, blank, parse } from '../src/list/parse';
import { areas, trades } from '../src/trades';

const read = (line: string) => {
  const entry = parse(line, trades, areas);
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== ''));
};

describe('one line about an acquaintance', () => {
  it.each([
    ['ゴルフのYさん 税理士 船橋市 30名 相続に強い', { label: 'ゴルフのYさん', trade: 'zeirishi', area: '船橋市', size: '30-99', offers: '相続に強い' }],
    ['税理士', { trade: 'zeirishi' }],
    ['ぜいりし ふなばし', { trade: 'zeirishi', area: '船橋市' }],
    ['製造業　千葉県　従業員３０名前後', { trade: 'manufacturing', area: '千葉県', size: '30-99' }],
    ['町工場のOさん、船橋、よく会う', { label: '町工場のOさん', trade: 'metalwork', area: '船橋市', closeness: 'often' }],
    ['相続に強い税理士', { trade: 'zeirishi', offers: '相続に強い税理士' }],
    ['Webデザイナー 東京 1人 取引あり', { trade: 'webdesign', area: '東京都', size: '1', closeness: 'deals' }],
    ['飲食店 千葉市 跡継ぎを探している', { trade: 'restaurant', area: '千葉市', seeks: '跡継ぎを探している' }],
    ['tax accountant, Funabashi, 30 people', { trade: 'zeirishi', area: '船橋市', size: '30-99' }],
    ['船橋市 30名', { area: '船橋市', size: '30-99' }],
  ])('%s', (line, want) => {
    expect(read(line)).toEqual(want);
  });

  it('reads nothing into nothing', () => {
    expect(parse('', trades, areas)).toEqual(blank);
    expect(parse('  　 ', trades, areas)).toEqual(blank);
  });

  it('keeps every limit of the protocol', () => {
    const long = parse(`${'あ'.repeat(60)}さん 税理士 ${'𠮷'.repeat(200)} ${'い'.repeat(100)}を探している`, trades, areas);
    expect([...long.label].length).toBeLessThanOrEqual(20);
    expect([...long.offers].length).toBeLessThanOrEqual(80);
    expect([...long.seeks].length).toBeLessThanOrEqual(80);
    expect([...long.area].length).toBeLessThanOrEqual(40);
  });

  it('loses no word', () => {
    expect(parse('税理士 囲碁 将棋 船橋市', trades, areas).offers).toBe('囲碁 将棋');
  });
});

describe('bands', () => {
  it.each([[0, ''], [1, '1'], [2, '2-9'], [9, '2-9'], [10, '10-29'], [29, '10-29'], [30, '30-99'], [99, '30-99'], [100, '100+'], [99999, '100+']])('%i', (n, want) => {
    expect(band(n)).toBe(want);
  });
});
