import { beforeAll, describe, expect, test } from 'vitest';
import { attestNow } from '../src/goen/attest';
import { doneOf, groupOf, isJoined, knotOf, myTurn, stateOf, stepsOf, toAsk, type Course } from '../src/goen/course';
import { speak, speakInside } from '../src/i18n';

beforeAll(async () => {
  await speak('ja');
  await speakInside();
});

const received = (step: string, more = {}): Course => ({ k: 'received', id: 'i', step, at: 1, need: 'n', from: 'p', ...more });
const given = (step: string, more = {}): Course => ({ k: 'given', id: 'i', step, at: 1, need: 'n', to: 'p', ...more });

describe('whose turn it is', () => {
  test('an offer waits for the one who asked, and their ぜひ for the one who knows somebody', () => {
    expect(myTurn(received('offered'))).toBe(true);
    expect(myTurn(given('offered'))).toBe(false);
    expect(myTurn(given('wanted'))).toBe(true);
    expect(myTurn(received('wanted'))).toBe(false);
    expect(myTurn(given('wanted', { own: true }))).toBe(false);
  });

  test('an offer for an acquaintance waits for the one who knows them', () => {
    expect(myTurn(received('offered', { behalf: true }))).toBe(false);
    expect(myTurn(given('offered', { behalf: true }))).toBe(true);
    expect(toAsk(given('offered', { behalf: true }))).toBe(true);
    expect(toAsk(given('offered'))).toBe(false);
    expect(toAsk(received('offered', { behalf: true }))).toBe(false);
    expect(stateOf(received('offered', { behalf: true })).text).toBe('紹介者がご本人に聞きます');
  });
});

describe('the thread', () => {
  test.each([
    [received('offered'), ['申し出', 'ぜひ', '確認', 'ご縁成立'], 1, 1],
    [received('asking'), ['申し出', 'ぜひ', '確認中', 'ご縁成立'], 3, 2],
    [received('offered', { behalf: true }), ['申し出', '確認', 'ご縁成立'], 1, 1],
    [given('asking', { behalf: true }), ['申し出', '確認中', 'ご縁成立'], 2, 1],
    [received('offered', { own: true }), ['申し出', 'ご縁成立'], 1, 1],
    [received('connected'), ['申し出', 'ご縁成立', '会いました', 'お礼'], 2, 2],
    [given('met', { metOn: 5 }), ['申し出', 'ご縁成立', '会いました', 'お礼'], 3, 3],
    [received('closed', { metOn: 5 }), ['申し出', 'ご縁成立', '会いました', 'お礼'], 4, 4],
    [received('closed'), ['申し出', 'ご縁成立', 'お礼'], 3, 3],
    [received('ended'), ['申し出', 'ぜひ', '確認', 'ご縁成立'], 0, 0],
  ])('%o', (course, steps, done, knot) => {
    expect(stepsOf(course)).toEqual(steps);
    expect(doneOf(course)).toBe(done);
    expect(knotOf(course)).toBe(knot);
  });

  test('what is joined stays joined when it was met and closed', () => {
    for (const step of ['connected', 'met', 'closed']) {
      expect(isJoined(received(step))).toBe(true);
      expect(groupOf(received(step))).toBe('joined');
    }
    expect(isJoined(received('asking'))).toBe(false);
    expect(groupOf(received('revoked'))).toBe('over');
  });

  test('thanks are told to the one who introduced', () => {
    expect(stateOf(given('closed', { outcome: 'engaged', thanks: 'ありがとう' })).text).toBe('お礼が届きました');
    expect(stateOf(given('closed', { outcome: 'engaged' })).text).toBe('お願いした');
    expect(stateOf(received('closed', { outcome: 'passed', thanks: 'ありがとう' })).text).toBe('見送り');
  });
});

describe('a spoken yes', () => {
  const event = { attest: 'after_event', status: 'open', endsAt: 1000 } as const;

  test('is recorded as the host has set it', () => {
    expect(attestNow({ ...event, attest: 'off' }, 2000)).toBe('off');
    expect(attestNow({ ...event, attest: 'on' }, 0)).toBe('on');
  });

  test('after the event means after its end, or when it was closed', () => {
    expect(attestNow(event, 1000)).toBe('after');
    expect(attestNow(event, 1001)).toBe('on');
    expect(attestNow({ ...event, status: 'closed' }, 500)).toBe('on');
  });
});
