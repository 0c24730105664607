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

  describe('with another way', () => {
    const polls: Fake[] = [];
    beforeEach(() => {
      socket.close();
      Fake.all = [];
      polls.length = 0;
      ups.length = 0;
      socket = new Socket({
        url: () => '/ws/e',
        hello: () => ({ t: 'hello' }),
        heard: () => {},
        up: (u) => void ups.push(u),
        over: (c) => void overs.push(c),
        open: () => new Fake() as never,
        poll: () => {
          const line = new Fake();
          Fake.all.pop();
          polls.push(line);
          return line as never;
        },
        chance: () => 1,
      });
    });
    const refuse = () => {
      last().onclose?.({ code: 1006 });
      vi.advanceTimersByTime(1_001);
    };

    test('two sockets that are refused, and it polls', () => {
      refuse();
      expect(polls).toHaveLength(0);
      refuse();
      expect(polls).toHaveLength(1);
      polls[0]?.stand();
      expect(ups).toEqual([true]);
      expect(socket.send({ t: 'do' })).toBe(true);
      expect(polls[0]?.sent.map((m) => m.t)).toEqual(['hello', 'do']);
    });

    test('one that hangs is enough: within 5 s it polls', () => {
      vi.advanceTimersByTime(4_501);
      expect(polls).toHaveLength(1);
      expect(Fake.all[0]?.closed).toBe(true);
    });

    test('an upgrade that brings nothing is none either', () => {
      last().onopen?.();
      vi.advanceTimersByTime(4_501);
      expect(polls).toHaveLength(1);
    });

    test('a server that says no by its own code was reached', () => {
      for (let i = 0; i < 4; i++) {
        last().onopen?.();
        last().onclose?.({ code: closeCodes.restarting });
        vi.advanceTimersByTime(500 * 2 ** i + 1);
      }
      expect(polls).toHaveLength(0);
    });

    test('where polling fails too, both are tried in turn', () => {
      refuse();
      refuse();
      polls[0]?.onclose?.({ code: 1006 });
      vi.advanceTimersByTime(2_001);
      expect(Fake.all).toHaveLength(3);
      last().onclose?.({ code: 1006 });
      vi.advanceTimersByTime(4_001);
      expect(polls).toHaveLength(2);
    });

    test('a line that polled comes back polling', () => {
      refuse();
      refuse();
      polls[0]?.stand();
      polls[0]?.onclose?.({ code: 1006 });
      vi.advanceTimersByTime(2_001);
      expect(polls).toHaveLength(2);
      expect(Fake.all).toHaveLength(2);
    });

    test('a socket is tried again from time to time, and kept when it stands', () => {
      refuse();
      refuse();
      polls[0]?.stand();
      for (const [nth, after] of [limits.trial, 2 * limits.trial].entries()) {
        for (let t = 0; t < after; t += 20_000) {
          polls[nth]?.say({ t: 'pong' });
          vi.advanceTimersByTime(20_000);
        }
        expect(Fake.all).toHaveLength(3 + nth);
        expect(polls[nth]?.closed).toBe(true);
        refuse();
        expect(polls).toHaveLength(2 + nth);
        polls[nth + 1]?.stand();
      }
      for (let t = 0; t < 4 * limits.trial; t += 20_000) {
        polls[2]?.say({ t: 'pong' });
        vi.advanceTimersByTime(20_000);
      }
      last().stand();
      expect(ups.at(-1)).toBe(true);
      vi.advanceTimersByTime(30_000);
      expect(polls).toHaveLength(3);
    });

    test('what is over stays over', () => {
      refuse();
      refuse();
      polls[0]?.stand();
      polls[0]?.onclose?.({ code: closeCodes.removed });
      vi.advanceTimersByTime(1_200_000);
      expect(overs.at(-1)).toBe(closeCodes.removed);
      expect(polls).toHaveLength(1);
      expect(Fake.all).toHaveLength(2);
    });
  });
});
