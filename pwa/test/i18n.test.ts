import { beforeAll, describe, expect, test } from 'vitest';
import { preferred, refusal, speak, speakInside, t, type Messages } from '../src/i18n';
import { countdown } from '../src/i18n/countdown';
import { ago, byReading, clock, dateOf, day, dayAndClock, shortDay, timeOn } from '../src/i18n/format';
import { en } from '../src/i18n/en';
import { inside as enInside } from '../src/i18n/en/inside';
import { ja } from '../src/i18n/ja';
import { inside as jaInside } from '../src/i18n/ja/inside';

const ZONE = 'Asia/Tokyo';
const at = Date.UTC(2026, 10, 24, 10, 5); // 19:05 in Tokyo

function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([k, v]) => leaves(v, path ? `${path}/${k}` : k));
}

describe('the two languages', () => {
  test('say the same things', () => {
    expect(leaves({ ...en, ...enInside }).map(([k]) => k).sort()).toEqual(leaves({ ...ja, ...jaInside }).map(([k]) => k).sort());
  });

  test('leave nothing empty, and never speak of matching', () => {
    expect(Object.keys(ja.error).filter((code) => code in jaInside.refused)).toEqual([]);
    for (const [path, words] of [ja, jaInside, en, enInside].flatMap((m) => leaves(m))) {
      if (typeof words !== 'string') continue;
      expect(words.trim(), path).not.toBe('');
      expect(words, path).not.toMatch(/マッチング|matching/i);
    }
  });

  test('Japanese for a Japanese browser, English for others, the choice before both', () => {
    expect(preferred(null, 'ja-JP')).toBe('ja');
    expect(preferred(null, 'JA')).toBe('ja');
    expect(preferred(null, 'fr')).toBe('en');
    expect(preferred('en', 'ja')).toBe('en');
    expect(preferred('xx', 'ja')).toBe('ja');
  });
});

describe('in Japanese', () => {
  beforeAll(() => speak('ja'));

  test('messages and refusals', () => {
    expect(t.nav.room).toBe('ルーム');
    expect(t.nav.fresh(3)).toBe('新しいもの 3件');
    expect(refusal('not_found')).toBe('見つかりませんでした。');
    expect(refusal('text.too_long', { max: 80 })).toBe('80文字までにしてください。');
    expect(refusal('from.tomorrow')).toBe(ja.errorElse);
    expect(refusal('toString')).toBe(ja.errorElse);
  });

  test('what only those inside can meet is said once they are inside', async () => {
    expect(refusal('need.over')).toBe(ja.errorElse);
    await speakInside();
    expect(refusal('need.over')).toBe('募集は終了しました。');
    expect(refusal('limit.needs', { max: 3 })).toContain('3件まで');
    expect(refusal('not_found')).toBe('見つかりませんでした。');
  });

  test('times in the zone of the event', () => {
    expect(clock(at, ZONE)).toBe('19:05');
    expect(clock(at, 'Europe/Paris')).toBe('11:05');
    expect(day(at, ZONE)).toBe('11月24日(火)');
    expect(dayAndClock(at, ZONE)).toBe('11月24日(火) 19:05');
    expect(shortDay(at, ZONE)).toBe('11/24');
    expect(clock(Date.UTC(2026, 0, 1, 15, 0), ZONE)).toBe('00:00');
  });

  test('how long ago', () => {
    expect(ago(at, at + 59_000)).toBe('たった今');
    expect(ago(at, at + 130_000)).toBe('2分前');
    expect(ago(at, at + 3 * 3_600_000)).toBe('3時間前');
    expect(ago(at, at + 86_400_000)).toBe('昨日');
    expect(ago(at + 3 * 86_400_000, at)).toBe('3日後');
  });

  test('sorts by reading', () => {
    expect(['ワタナベ', 'アベ', 'サトウ'].sort(byReading)).toEqual(['アベ', 'サトウ', 'ワタナベ']);
  });
});

describe('in English', () => {
  beforeAll(() => speak('en'));

  test('the same calls', () => {
    const messages: Messages = t;
    expect(messages.nav.room).toBe('Room');
    expect(day(at, ZONE)).toBe('Tue 24 November');
    expect(ago(at, at + 130_000)).toMatch(/^2 min\.? ago$/);
  });
});

test('a timer runs down', () => {
  expect(countdown(18 * 60_000 + 20_000)).toBe('18:20');
  expect(countdown(59_001)).toBe('1:00');
  expect(countdown(-5)).toBe('0:00');
  expect(countdown(3_900_000)).toBe('1:05:00');
});

test('a day of the field is a time in the zone of the event', () => {
  const late = Date.UTC(2026, 10, 24, 16, 30); // 1:30 of the 25th in Tokyo
  expect(dateOf(late, ZONE)).toBe('2026-11-25');
  expect(dateOf(late, 'Europe/Paris')).toBe('2026-11-24');
  expect(timeOn('2026-11-25', ZONE, late)).toBe(late); // today is now, so that it is not ahead
  expect(timeOn('2026-11-24', ZONE, late)).toBe(Date.UTC(2026, 10, 24, 3)); // noon
  expect(timeOn('2026-07-01', 'America/New_York', late)).toBe(Date.UTC(2026, 6, 1, 16)); // in summer
  expect(timeOn('2026-01-15', 'Pacific/Auckland', late)).toBe(Date.UTC(2026, 0, 14, 23));
  expect(timeOn('', ZONE, late)).toBeNaN();
});
