import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closeCodes } from '../src/protocol';
import { backOff, limits, reaction, Socket } from '../src/live/socket';

test.each([
  [closeCodes.slow, { back: 'now' }],
  [closeCodes.restarting, { back: 'asked' }],
  [closeCodes.resync, { back: 'now', fresh: true }],
  [closeCodes.noHello, { back: 'now' }],
  [4099, { back: 'soon' }],
  [4499, { back: 'soon' }],
  [closeCodes.signedOut, { back: 'never' }],
  [closeCodes.removed, { back: 'never' }],
  [closeCodes.shredded, { back: 'never' }],
  [closeCodes.tooOld, { back: 'never' }],
  [closeCodes.elsewhere, { back: 'never' }],
  [closeCodes.misused, { back: 'never' }],
  [4999, { back: 'never' }],
  [1000, { back: 'soon' }],
  [1001, { back: 'soon' }],
  [1006, { back: 'soon' }],
  [1011, { back: 'soon' }],
])('close code %i', (code, expected) => {
  expect(reaction(code)).toEqual(expected);
});

test('back-off grows, has a ceiling, and scatters', () => {
  expect(backOff(0, 0)).toBe(250);
  expect(backOff(0, 1)).toBe(500);
  expect(backOff(3, 0.5)).toBe(3000);
  expect(backOff(20, 1)).toBe(15_000);
});

describe('the line', () => {
  class Fake {
    static all: Fake[] = [];
    sent: { t: string; at?: unknown }[] = [];
    closed = false;
    readyState = 1;
    onopen: (() => void) | null = null;
    onmessage: ((e: { data: unknown }) => void) | null = null;
    onclose: ((e: { code: number }) => void) | null = null;
    constructor() {
      Fake.all.push(this);
    }
    send(text: string) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.closed = true;
    }
    say(message: unknown) {
      this.onmessage?.({ data: JSON.stringify(message) });
    }
    stand() {
      this.onopen?.();
      this.say({ t: 'hello' });
    }
  }
  const ups: boolean[] = [];
  const overs: number[] = [];
  let socket: Socket;
  const last = () => Fake.all.at(-1) as Fake;

  beforeEach(() => {
    vi.useFakeTimers();
    Fake.all = [];
    ups.length = overs.length = 0;
    socket = new Socket({
      url: () => '/ws/e',
      hello: (fresh) => ({ t: 'hello', ...(fresh ? {} : { at: { room: 1 } }) }),
      heard: () => {},
      up: (u) => void ups.push(u),
      over: (c) => void overs.push(c),
      open: () => new Fake() as never,
      chance: () => 1,
    });
  });
  afterEach(() => {
    socket.close();
    vi.useRealTimers();
  });

  test('says hello first, and is up when it is answered', () => {
    last().onopen?.();
    expect(last().sent).toEqual([{ t: 'hello', at: { room: 1 } }]);
    expect(socket.send({ t: 'ping' })).toBe(false);
    last().say({ t: 'hello' });
    expect(ups).toEqual([true]);
    expect(socket.send({ t: 'ping' })).toBe(true);
  });

  test('a ping that is not answered within 8 s ends the line', () => {
    last().stand();
    socket.send({ t: 'ping' });
    vi.advanceTimersByTime(limits.answer + 1);
    expect(Fake.all[0]?.closed).toBe(true);
    expect(ups).toEqual([true, false]);
    vi.advanceTimersByTime(600);
    expect(Fake.all).toHaveLength(2);
  });

  test('silence of 35 s ends it, a beat holds it', () => {
    last().stand();
    vi.advanceTimersByTime(25_000);
    last().say({ t: 'beat' });
    vi.advanceTimersByTime(30_000);
    expect(ups).toEqual([true]);
    vi.advanceTimersByTime(6_000);
    expect(ups).toEqual([true, false]);
  });

  test('a resync comes back at once without numbers', () => {
    last().stand();
    last().onclose?.({ code: closeCodes.resync });
    vi.advanceTimersByTime(1);
    expect(Fake.all).toHaveLength(2);
    last().stand();
    expect(last().sent[0]?.at).toBeUndefined();
    last().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(20_000);
    last().onopen?.();
    expect(last().sent[0]?.at).toEqual({ room: 1 });
  });

  test('bye says when to come back', () => {
    last().stand();
    last().say({ t: 'bye', code: closeCodes.restarting, after: 4_000 });
    last().onclose?.({ code: closeCodes.restarting });
    vi.advanceTimersByTime(3_900);
    expect(Fake.all).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(Fake.all).toHaveLength(2);
  });

  test('tries slower and slower', () => {
    for (let i = 0; i < 4; i++) {
      last().onclose?.({ code: 1006 });
      vi.advanceTimersByTime(500 * 2 ** i - 1);
      expect(Fake.all).toHaveLength(1 + i);
      vi.advanceTimersByTime(2);
      expect(Fake.all).toHaveLength(2 + i);
    }
  });

  test('a server that closes right after hello is not hammered', () => {
    for (let i = 0; i < 30; i++) {
      last().stand();
      last().onclose?.({ code: closeCodes.slow });
      vi.advanceTimersByTime(1_000);
    }
    expect(Fake.all.length).toBeLessThan(12);
  });

  test('what is over stays over', () => {
    last().stand();
    last().onclose?.({ code: closeCodes.removed });
    vi.advanceTimersByTime(120_000);
    expect(overs).toEqual([closeCodes.removed]);
    expect(Fake.all).toHaveLength(1);
  });
});
