import { expect, test } from 'vitest';
import { KanaWriter } from '../src/join/kana';

/** Types a word as an input method does. */
function type(k: KanaWriter, before: string, steps: string[]): string {
  k.start(before);
  for (const s of steps) k.update(s);
  return k.end(steps.at(-1) ?? '');
}

test('the reading is what stood there before the kanji', () => {
  const k = new KanaWriter();
  expect(type(k, '', ['y', 'や', 'やm', 'やま', 'やまも', 'やまもと', '山本'])).toBe('ヤマモト');
  expect(type(k, '山本　', ['け', 'けn', 'けん', 'けんいち', '健一'])).toBe('ヤマモト ケンイチ');
});

test('in one go, with a word left in kana', () => {
  const k = new KanaWriter();
  expect(type(k, '', ['わたなべ', '渡辺'])).toBe('ワタナベ');
  expect(type(k, '渡辺 ', ['さくら'])).toBe('ワタナベ サクラ');
});

test('a conversion that is given up leaves nothing', () => {
  const k = new KanaWriter();
  expect(type(k, '', ['や', 'やま', ''])).toBe('');
  expect(type(k, '', ['すずき', '鈴木'])).toBe('スズキ');
});

test('an emptied name begins anew', () => {
  const k = new KanaWriter();
  type(k, '', ['さとう', '佐藤']);
  expect(type(k, '', ['すずき', '鈴木'])).toBe('スズキ');
});

test('live conversion keeps the last reading; Latin letters have none', () => {
  const k = new KanaWriter();
  k.start('');
  expect(k.update('やまも')).toBe('ヤマモ');
  expect(k.update('山もと')).toBe('ヤマモ');
  expect(k.update('やまもと')).toBe('ヤマモト');
  expect(k.end('山本')).toBe('ヤマモト');
  const l = new KanaWriter();
  expect(type(l, '', ['E', 'Em'])).toBe('');
});
