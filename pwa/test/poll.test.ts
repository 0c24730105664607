import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { closeCodes } from '../src/protocol';
import { PollLine } from '../src/live/poll';

type Asked = { url: string; body: Record<string, unknown>; answer: (said: unknown, status?: number, kind?: string) => void; fail: () => void };

const asked: Asked[] = [];
let held: Record<string, unknown>;
let line: PollLine;
let heard: { t: string }[];
let closed: number[];

const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(async () => {
  vi.useFakeTimers();
  asked.length = 0;
  [held, heard, closed] = [{ v: 1, epoch: '1.0', at: { room: 3 } }, [], []];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      asked.push({
        url,
        body: JSON.parse(String(init.body)),
        answer: (said, status = 200, kind = 'application/json') =>
          resolve(new Response(typeof said === 'string' ? said : JSON.stringify(said), { status, headers: { 'Content-Type': kind } })),
        fail: () => reject(new TypeError('no net')),
      });
    });
  });
  line = new PollLine((what) => `/${what}`, () => held);
  line.onopen = () => line.send(JSON.stringify({ t: 'hello', v: 1, build: 'b' }));
  line.onmessage = (e) => heard.push(JSON.parse(String(e.data)));
  line.onclose = (e) => closed.push(e.code);
  await settled();
});
afterEach(() => {
  line.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const hello = { messages: [{ t: 'hello', epoch: '1.0' }, { t: 'view', in: 'room' }, { t: 'here', n: 4 }] };

test('asks with the hello, and then waits with what it holds', async () => {
  expect(asked.map((a) => [a.url, a.body])).toEqual([['/poll', { v: 1, build: 'b', here: 0 }]]);
  asked[0]?.answer(hello);
  await vi.advanceTimersByTimeAsync(400);
  expect(heard.map((m) => m.t)).toEqual(['hello', 'view', 'here']);
  expect(asked[1]?.body).toEqual({ v: 1, epoch: '1.0', at: { room: 3 }, here: 4, wait: true });
  asked[1]?.answer({ messages: [] });
  await vi.advanceTimersByTimeAsync(400);
  expect(heard.at(-1)?.t).toBe('pong'); // a sign of life
  expect(asked).toHaveLength(3);
});

test('commands go beside it, one after another', async () => {
  asked[0]?.answer(hello);
  await vi.advanceTimersByTimeAsync(400);
  line.send(JSON.stringify({ t: 'do', op: 'a', name: 'need.post', args: { who: 'x' } }));
  line.send(JSON.stringify({ t: 'do', op: 'b', name: 'need.post', args: { who: 'y' } }));
  await settled();
  const acts = () => asked.filter((a) => a.url === '/do');
  expect(acts().map((a) => a.body)).toEqual([{ v: 1, epoch: '1.0', at: { room: 3 }, here: 4, op: 'a', name: 'need.post', args: { who: 'x' } }]);
  acts()[0]?.answer({ messages: [{ t: 'view', in: 'room' }, { t: 'ack', op: 'a' }] });
  await settled();
  expect(heard.at(-1)?.t).toBe('ack');
  expect(acts()[1]?.body.op).toBe('b');
});

test('what was said of an epoch that is over is not taken', async () => {
  asked[0]?.answer(hello);
  await vi.advanceTimersByTimeAsync(400);
  held = { v: 1, epoch: '2.0', at: { room: 1 } }; // a command was quicker, and brought a new epoch
  asked[1]?.answer({ messages: [{ t: 'view', in: 'room' }, { t: 'ack', op: 'a' }] });
  await settled();
  expect(heard.slice(3).map((m) => m.t)).toEqual(['ack']);
});

test.each([
  ['a login page', '<html>login</html>', 200, 'text/html', 1006],
  ['JSON of somebody else', '{"ok":true}', 200, 'application/json', 1006],
  ['a proxy that lost us', '<html>502</html>', 502, 'text/html', 1006],
  ['nobody signed in', '{"code":"session.missing"}', 401, 'application/json', closeCodes.signedOut],
  ['removed', '{"messages":[],"close":4501}', 200, 'application/json', closeCodes.removed],
])('%s ends the line', async (_, said, status, kind, code) => {
  asked[0]?.answer(said, status, kind);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(closed).toEqual([code]);
  expect(asked).toHaveLength(1);
  expect(heard.filter((m) => m.t !== 'pong')).toEqual([]);
});

test('no net ends it once; closed, it asks nothing more', async () => {
  asked[0]?.fail();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(closed).toEqual([1006]);
  line.close();
  line.send(JSON.stringify({ t: 'do', op: 'a', name: 'x' }));
  await settled();
  expect(asked).toHaveLength(1);
});
