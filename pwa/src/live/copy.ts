import type { GoneStream, Hello, Streams } from '../protocol';

// What the phone holds of an event: a map a stream, brought on by the messages of the server and by nothing else.

export type StreamName = keyof Streams;
export type AnyView = Streams[StreamName];
export type Kind = AnyView['k'];
export type ViewOf<K extends Kind> = Extract<AnyView, { k: K }>;

/** One stream moved from `after` to `seq`, or is given whole. */
export type ViewFrame = { t: 'view'; in: StreamName; full?: boolean; after?: number; seq: number; put?: AnyView[]; drop?: string[] };

/** Told of every object that came, changed or went. */
export type Watcher = { put(view: AnyView): void; drop(kind: Kind, id: string): void };

type Stream = { seq: number; objects: Map<string, AnyView> };
/** A copy as it is kept on the phone. */
export type Kept = { epoch: string; streams: { name: StreamName; seq: number; objects: AnyView[] }[] };

export class Copy {
  epoch = '';
  readonly #streams = new Map<StreamName, Stream>();
  readonly #watcher: Watcher;

  constructor(watcher: Watcher = { put() {}, drop() {} }) {
    this.#watcher = watcher;
  }

  /** Takes what was kept, and shows it. */
  take(kept: Kept): void {
    this.epoch = kept.epoch;
    for (const s of kept.streams) {
      this.#forget(s.name);
      this.#streams.set(s.name, { seq: s.seq, objects: new Map(s.objects.map((o) => [o.id, o])) });
      for (const o of s.objects) this.#watcher.put(o);
    }
  }

  keep(): Kept {
    return { epoch: this.epoch, streams: [...this.#streams].map(([name, s]) => ({ name, seq: s.seq, objects: [...s.objects.values()] })) };
  }

  /** The number of each stream, for the phone's hello. A stream whose number is 0 is asked for anew. */
  at(): Record<string, number> {
    return Object.fromEntries([...this.#streams].filter(([, s]) => s.seq > 0).map(([name, s]) => [name, s.seq]));
  }

  /** What is no longer heard is forgotten; of another epoch, everything. */
  hello(hello: Pick<Hello, 'epoch' | 'streams'>): void {
    for (const name of [...this.#streams.keys()]) {
      if (hello.epoch !== this.epoch || !hello.streams.includes(name)) this.#forget(name);
    }
    this.epoch = hello.epoch;
  }

  gone(gone: Pick<GoneStream, 'in'>): void {
    this.#forget(gone.in as StreamName);
  }

  /** Brings a stream on. `gap`: the phone is behind what this begins with, and must come back without numbers. */
  view(frame: ViewFrame): 'applied' | 'old' | 'gap' {
    let stream = this.#streams.get(frame.in);
    if (!stream) {
      stream = { seq: 0, objects: new Map() };
      this.#streams.set(frame.in, stream);
    }
    if (frame.full) {
      const stays = new Set(frame.put?.map((o) => o.id));
      for (const id of [...stream.objects.keys()]) if (!stays.has(id)) this.#drop(stream, id);
    } else {
      if (stream.seq < (frame.after ?? 0)) return 'gap';
      if (stream.seq >= frame.seq) return 'old';
    }
    for (const id of frame.drop ?? []) this.#drop(stream, id);
    for (const view of frame.put ?? []) {
      const before = stream.objects.get(view.id);
      if (before && before.k !== view.k) this.#watcher.drop(before.k, view.id);
      stream.objects.set(view.id, view);
      this.#watcher.put(view);
    }
    stream.seq = frame.seq;
    return 'applied';
  }

  /** Whether the server's numbers are ahead of these. */
  behind(at: Record<string, number> | undefined): boolean {
    return Object.entries(at ?? {}).some(([name, seq]) => (this.#streams.get(name as StreamName)?.seq ?? 0) < seq);
  }

  clear(): void {
    for (const name of [...this.#streams.keys()]) this.#forget(name);
    this.epoch = '';
  }

  #drop(stream: Stream, id: string): void {
    const view = stream.objects.get(id);
    if (!view) return;
    stream.objects.delete(id);
    this.#watcher.drop(view.k, id);
  }

  #forget(name: StreamName): void {
    const stream = this.#streams.get(name);
    if (!stream) return;
    for (const id of [...stream.objects.keys()]) this.#drop(stream, id);
    this.#streams.delete(name);
  }
}

/** A copy without what must not lie on a phone: the names and contacts of third persons. A stream that lost something by it has no number,
    so that the server gives it whole. */
export function withoutContacts(kept: Kept): Kept {
  return {
    epoch: kept.epoch,
    streams: kept.streams.map((s) => {
      let lost = false;
      const objects = s.objects.map((o) => {
        const bare: Record<string, unknown> = { ...o };
        const secret = o.k === 'received' ? ['contact'] : o.k === 'given' ? ['contact', 'name'] : o.k === 'guest' ? ['mail'] : [];
        for (const field of secret) {
          if (!(field in bare)) continue;
          delete bare[field];
          lost = true;
        }
        return bare as AnyView;
      });
      return { name: s.name, seq: lost ? 0 : s.seq, objects };
    }),
  };
}
