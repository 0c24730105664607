import { describe, expect, test } from 'vitest';
import { Copy, withoutContacts, type AnyView, type StreamName, type ViewFrame } from '../src/live/copy';

const face = (id: string, name: string) => ({ k: 'face', id, name }) as AnyView;
const frame = (f: Partial<ViewFrame> & { seq: number }) => ({ t: 'view', in: 'wall', ...f }) as ViewFrame;

/** A copy whose watcher keeps what a screen would show. */
function watched() {
  const shown = new Map<string, AnyView>();
  const copy = new Copy({
    put: (v) => void shown.set(`${v.k}/${v.id}`, v),
    drop: (k, id) => void shown.delete(`${k}/${id}`),
  });
  return { copy, shown };
}

describe('a stream', () => {
  test('is given whole, moves on, drops', () => {
    const { copy, shown } = watched();
    copy.hello({ epoch: '1.0', streams: ['wall'] });
    expect(copy.view(frame({ full: true, seq: 3, put: [face('a', 'A'), face('b', 'B')] }))).toBe('applied');
    expect(copy.view(frame({ after: 3, seq: 4, put: [face('a', 'A2')], drop: ['b'] }))).toBe('applied');
    expect([...shown.values()]).toEqual([face('a', 'A2')]);
    expect(copy.at()).toEqual({ wall: 4 });
  });

  test('tells a gap, and changes nothing by it', () => {
    const { copy, shown } = watched();
    copy.hello({ epoch: '1.0', streams: ['wall'] });
    copy.view(frame({ full: true, seq: 3, put: [face('a', 'A')] }));
    expect(copy.view(frame({ after: 4, seq: 5, put: [face('b', 'B')] }))).toBe('gap');
    expect(shown.size).toBe(1);
    expect(copy.at()).toEqual({ wall: 3 });
  });

  test('takes a frame that begins earlier, and not one that is older', () => {
    const { copy, shown } = watched();
    copy.hello({ epoch: '1.0', streams: ['wall'] });
    copy.view(frame({ full: true, seq: 5, put: [face('a', 'A')] }));
    expect(copy.view(frame({ after: 3, seq: 7, put: [face('a', 'A7')] }))).toBe('applied');
    expect(copy.view(frame({ after: 2, seq: 6, put: [face('a', 'A6')] }))).toBe('old');
    expect(shown.get('face/a')).toEqual(face('a', 'A7'));
  });

  test('given whole again, forgets what is no longer in it', () => {
    const { copy, shown } = watched();
    copy.hello({ epoch: '1.0', streams: ['wall'] });
    copy.view(frame({ full: true, seq: 5, put: [face('a', 'A'), face('b', 'B')] }));
    copy.view(frame({ full: true, seq: 2, put: [face('b', 'B')] }));
    expect([...shown.keys()]).toEqual(['face/b']);
    expect(copy.at()).toEqual({ wall: 2 });
  });
});

describe('hello', () => {
  test('forgets streams that are not named', () => {
    const { copy, shown } = watched();
    copy.hello({ epoch: '1.0', streams: ['room', 'desk'] });
    copy.view({ t: 'view', in: 'room', full: true, seq: 1, put: [face('a', 'A')] });
    copy.view({ t: 'view', in: 'desk', full: true, seq: 1, put: [face('d', 'D')] });
    copy.hello({ epoch: '1.0', streams: ['room'] });
    expect([...shown.keys()]).toEqual(['face/a']);
    expect(copy.at()).toEqual({ room: 1 });
  });

  test('of another epoch forgets everything', () => {
    const { copy, shown } = watched();
    copy.hello({ epoch: '1.0', streams: ['room'] });
    copy.view({ t: 'view', in: 'room', full: true, seq: 9, put: [face('a', 'A')] });
    copy.hello({ epoch: '1.1', streams: ['room'] });
    expect(shown.size).toBe(0);
    expect(copy.at()).toEqual({});
    expect(copy.view({ t: 'view', in: 'room', full: true, seq: 1, put: [face('b', 'B')] })).toBe('applied');
  });

  test('gone forgets one', () => {
    const { copy, shown } = watched();
    copy.view({ t: 'view', in: 'desk', full: true, seq: 1, put: [face('d', 'D')] });
    copy.gone({ in: 'desk' });
    expect(shown.size).toBe(0);
  });
});

test('the numbers of a beat tell whether the phone is behind', () => {
  const { copy } = watched();
  copy.view({ t: 'view', in: 'room', full: true, seq: 4 });
  expect(copy.behind({ room: 4 })).toBe(false);
  expect(copy.behind({ room: 3 })).toBe(false);
  expect(copy.behind({ room: 5 })).toBe(true);
  expect(copy.behind({ me: 1 })).toBe(true);
  expect(copy.behind(undefined)).toBe(false);
});

test('whatever happens on the way, the copy is what a fresh phone gets', () => {
  let seed = 42;
  const dice = (n: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed >>> 8) % n;
  };
  for (let round = 0; round < 60; round++) {
    // A server with one stream and its whole history.
    const truth = new Map<string, AnyView>();
    const steps: ViewFrame[] = [];
    const { copy, shown } = watched();
    let epoch = 0;
    let seq = 0;
    const whole = (): ViewFrame => frame({ full: true, seq, put: [...truth.values()] });
    copy.hello({ epoch: '1.0', streams: ['wall'] });
    copy.view(whole());
    for (let i = 0; i < 80; i++) {
      const id = String(dice(8));
      const had = truth.has(id);
      seq++;
      if (had && dice(3) === 0) {
        truth.delete(id);
        steps.push(frame({ after: seq - 1, seq, drop: [id] }));
      } else {
        truth.set(id, face(id, `${i}`));
        steps.push(frame({ after: seq - 1, seq, put: [face(id, `${i}`)] }));
      }
      const luck = dice(20);
      if (luck === 0) {
        // An erasure: the streams count anew.
        epoch++;
        seq = 1;
        steps.length = 0;
        copy.hello({ epoch: `1.${epoch}`, streams: ['wall'] });
        copy.view(whole());
      } else if (luck < 4) {
        continue; // away: this frame is lost
      } else if (copy.view(steps.at(-1) as ViewFrame) === 'gap') {
        if (luck < 12) {
          copy.view(whole());
        } else {
          // Resumed from where it stands: what changed since, in one frame; the numbers go with the copy through storage.
          const again = watched();
          again.copy.take(JSON.parse(JSON.stringify(copy.keep())));
          const at = again.copy.at().wall ?? 0;
          if (at === 0) copy.view(whole());
          else {
            const put = new Map<string, AnyView>();
            const drop = new Set<string>();
            for (const s of steps.filter((x) => x.seq > at)) {
              for (const v of s.put ?? []) put.set(v.id, v), drop.delete(v.id);
              for (const d of s.drop ?? []) drop.add(d), put.delete(d);
            }
            copy.view(frame({ after: at, seq, put: [...put.values()], drop: [...drop] }));
          }
        }
      }
    }
    if (copy.behind({ wall: seq })) copy.view(whole());
    expect([...shown.values()].sort((a, b) => a.id.localeCompare(b.id))).toEqual([...truth.values()].sort((a, b) => a.id.localeCompare(b.id)));
    expect(copy.at()).toEqual({ wall: seq });
  }
});

test('no contact of a third person is kept on the phone, and its stream comes anew', () => {
  const streams: { name: StreamName; seq: number; objects: AnyView[] }[] = [
    { name: 'room', seq: 7, objects: [face('a', 'A')] },
    {
      name: 'me',
      seq: 5,
      objects: [
        { k: 'received', id: 'i', step: 'connected', at: 1, need: 'n', from: 'p', contact: { name: '田中 誠', mail: 'tanaka@example.jp' } },
        { k: 'given', id: 'g', step: 'connected', at: 1, need: 'n', to: 'p', name: '田中 誠', contact: { mail: 'x@example.jp' } },
      ],
    },
  ];
  const kept = withoutContacts({ epoch: '1.0', streams });
  expect(JSON.stringify(kept)).not.toMatch(/田中|example/);
  const copy = new Copy();
  copy.take(kept);
  expect(copy.at()).toEqual({ room: 7 });
});
