import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newOp } from '../src/live/op';
import { Outbox, type OutboxStore, type Sent } from '../src/live/outbox';
import { RefusalError } from '../src/live/refusal';

/** A device: what is put survives the page. */
function device() {
  const kept = new Map<string, Sent>();
  const store: OutboxStore = {
    put: async (i) => void kept.set(i.op, structuredClone(i)),
    remove: async (op) => void kept.delete(op),
    of: async (event) => [...kept.values()].filter((i) => i.event === event).sort((a, b) => a.at - b.at),
  };
  return { kept, store };
}

function page(store: OutboxStore) {
  const wire: { op: string; name: string }[] = [];
  let line = true;
  const box = new Outbox({ event: 'e', store, changed: () => {}, send: (m) => void (line && wire.push(m)) });
  return { box, wire, cut: () => (line = false), join: () => ((line = true), box.resend()) };
}

const need = { who: '製造業の社長', area: '船橋市', why: '', until: '', trade: '' };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an op is 128 bits in 22 characters', () => {
  const many = new Set(Array.from({ length: 200 }, newOp));
  expect(many.size).toBe(200);
  for (const op of many) expect(op).toMatch(/^[\w-]{21}[AQgw]$/);
});

describe('the outbox', () => {
  test('sends at once, and resolves at the ack', async () => {
    const { store, kept } = device();
    const { box, wire } = page(store);
    const done = box.do('need.post', need);
    expect(wire).toHaveLength(1);
    expect(box.items).toHaveLength(1);
    box.ack(box.items[0]?.op as string);
    await done;
    expect(box.items).toHaveLength(0);
    expect(kept.size).toBe(0);
  });

  test('keeps the order, sends again after a reconnect, survives a reload', async () => {
    const { store } = device();
    const first = page(store);
    first.cut();
    void first.box.do('need.post', need);
    void first.box.do('need.close', { need: 'x' });
    void first.box.do('phase.set', { phase: 'needs' });
    expect(first.wire).toHaveLength(0);
    first.join();
    expect(first.wire.map((m) => m.name)).toEqual(['need.post', 'need.close', 'phase.set']);
    first.box.ack(first.wire[0]?.op as string);

    const second = page(store); // the page was reloaded before the rest was answered
    void second.box.do('doors.set', { doors: 'open' });
    await second.box.ready;
    expect(second.box.items.map((i) => i.name)).toEqual(['need.close', 'phase.set', 'doors.set']);
    expect(second.wire.slice(1).map((m) => m.op)).toEqual(first.wire.slice(1).map((m) => m.op));
  });

  test('keeps what was refused, with its words, until it is dismissed', async () => {
    const { store, kept } = device();
    const { box, join, wire } = page(store);
    const done = box.do('need.post', need);
    const op = box.items[0]?.op as string;
    box.no(op, { code: 'text.contact', field: 'who' });
    await expect(done).rejects.toMatchObject({ code: 'text.contact', field: 'who', op });
    await expect(done).rejects.toBeInstanceOf(RefusalError);
    expect(box.items[0]).toMatchObject({ args: need, refusal: { code: 'text.contact' } });
    expect(kept.get(op)?.refusal).toBeTruthy();
    join();
    expect(wire).toHaveLength(1); // it is not sent again by itself
    box.retry(op);
    expect(wire).toHaveLength(2);
    expect(wire[1]?.op).not.toBe(op);
    box.dismiss(box.items[0]?.op as string);
    expect(kept.size).toBe(0);
  });

  test('what may go through later is tried again with the same op', () => {
    const { store } = device();
    const { box, wire } = page(store);
    void box.do('need.post', need);
    const op = wire[0]?.op as string;
    box.no(op, { code: 'unavailable' }, true);
    expect(box.items[0]?.refusal).toBeUndefined();
    vi.advanceTimersByTime(1_000);
    expect(wire.map((m) => m.op)).toEqual([op, op]);
    box.no(op, { code: 'unavailable' }, true);
    vi.advanceTimersByTime(2_900);
    expect(wire).toHaveLength(2);
    vi.advanceTimersByTime(200);
    expect(wire).toHaveLength(3);
    box.ack(op);
    vi.advanceTimersByTime(60_000);
    expect(wire).toHaveLength(3);
  });

  test('few are under way at a time, and all go out in order', () => {
    const { store } = device();
    const { box, wire, cut, join } = page(store);
    cut();
    for (let i = 0; i < 100; i++) void box.do('need.close', { need: `${i}` });
    join();
    expect(wire).toHaveLength(30);
    for (let i = 0; i < 100; i++) box.ack(wire[i]?.op as string);
    expect(wire).toHaveLength(100);
    expect(box.items).toHaveLength(0);
  });

  test('after too many all wait, so that none overtakes another, and no storm comes of it', () => {
    const { store } = device();
    const { box, wire, cut, join } = page(store);
    const done: string[] = [];
    let [left, shut, refusals, answered] = [60, false, 0, 0];
    /** A server that takes 60 at once and 5 a second, as ours. */
    const serve = () => {
      for (; answered < wire.length; answered++) {
        const op = wire[answered]?.op as string;
        shut = left < (shut ? 5 : 1);
        if (shut) {
          refusals++;
          box.no(op, { code: 'too_many' }, true);
        } else {
          left--;
          done.push(op);
          box.ack(op);
        }
      }
    };
    cut();
    for (let i = 0; i < 200; i++) void box.do('need.close', { need: `${i}` });
    join();
    serve();
    const sent = wire.length;
    void box.do('need.close', { need: 'a gesture meanwhile' });
    expect(wire).toHaveLength(sent);
    const order = [...done, ...box.items.map((i) => i.op)];
    let seconds = 0;
    for (; box.items.length > 0 && seconds < 60; seconds++) {
      left = Math.min(60, left + 5);
      vi.advanceTimersByTime(1_000);
      serve();
    }
    expect(done).toEqual(order);
    expect(seconds).toBeLessThan(40);
    expect(refusals).toBeLessThan(200);
    void box.do('need.close', { need: 'again' });
    expect(wire.at(-1)?.op).toBe(box.items[0]?.op);
  });

  test('what somebody else wrote on this phone is not sent in my name', async () => {
    const { store, kept } = device();
    const first = page(store);
    first.box.is('a');
    for (let i = 0; i < 3; i++) void first.box.do('need.close', { need: `${i}` });
    const known = page({ ...store, remove: async () => {} });
    known.box.is('b');
    await known.box.ready;
    expect(known.wire).toHaveLength(0);
    const second = page(store);
    second.cut();
    await second.box.ready;
    expect(second.box.items).toHaveLength(3);
    second.box.is('b');
    second.join();
    expect(second.wire).toHaveLength(0);
    expect(kept.size).toBe(0);
    const third = page(store);
    third.box.is('b');
    void third.box.do('need.post', need);
    const fourth = page(store);
    fourth.box.is('b');
    await fourth.box.ready;
    expect(fourth.wire).toHaveLength(1);
  });
});

test('the contact of somebody who is not here never lies on the device', async () => {
  const { store, kept } = device();
  const { box, cut, join, wire } = page(store);
  cut();
  const said = { name: '田中 誠', kana: '', firm: '', mail: 'tanaka@example.jp', phone: '', how: 'face', on: 1, lang: 'ja' } as const;
  const done = box.do('introduction.attest', { introduction: 'i', ...said });
  expect(kept.size).toBe(0);
  join();
  expect(wire.map((m) => m.name)).toEqual(['introduction.attest']); // while the page is open it goes out like any other
  box.no(box.items[0]?.op as string, { code: 'attest.off' });
  await expect(done).rejects.toMatchObject({ code: 'attest.off' });
  expect(kept.size).toBe(0);
});
