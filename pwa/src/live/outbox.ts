import type { Commands, RefusalCode } from '../protocol';
import { newOp } from './op';
import { RefusalError } from './refusal';

// Commands wait here until the server has said ack or no. They survive a reload; each goes out in order, and again after each reconnect. Few are under
// way at a time, and when the server says that it was too many, all wait: a later one must not overtake the one that was refused.

export type Refused = { code: RefusalCode; field?: string; max?: number };
export type Sent = { op: string; name: keyof Commands; args: unknown; event: string; at: number; you?: string; refusal?: Refused };

/** Where they are kept. */
export type OutboxStore = { put(item: Sent): Promise<unknown>; remove(op: string): Promise<unknown>; of(event: string): Promise<Sent[]> };

type Options = {
  event: string;
  store: OutboxStore;
  /** Sends if there is a line; otherwise it waits for resend(). */
  send: (message: { t: 'do'; op: string; name: string; args: unknown }) => void;
  /** The list is another one. */
  changed: (items: readonly Sent[]) => void;
  now?: () => number;
};

// These carry a contact of somebody who is not here. It never lies on a phone: they wait as long as the page is open, and no longer.
const FLEETING: ReadonlySet<keyof Commands> = new Set(['introduction.attest']);

const AGAIN = [1_000, 3_000, 10_000, 30_000];

/** So many are under way at once; after too many, until all are through. */
const UNDER_WAY = { usual: 30, slowly: 5 };

export class Outbox {
  readonly #o: Options;
  readonly #waiting = new Map<string, { resolve: () => void; reject: (e: RefusalError) => void }>();
  readonly #tries = new Map<string, number>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** Sent on this line and not answered. */
  readonly #underWay = new Set<string>();
  #most = UNDER_WAY.usual;
  #hold: ReturnType<typeof setTimeout> | undefined;
  #hastes = 0;
  #items: Sent[] = [];
  #last = 0;
  #you = '';
  /** What an earlier page left has been read. */
  readonly ready: Promise<void>;

  constructor(options: Options) {
    this.#o = options;
    this.ready = options.store.of(options.event).then((left) => {
      if (left.length === 0) return;
      const mine = new Set(this.#items.map((i) => i.op));
      const older = left.filter((i) => !mine.has(i.op));
      this.#set([...older, ...this.#items]);
      this.#own();
      this.#pump();
    });
  }

  get items(): readonly Sent[] {
    return this.#items;
  }

  do<N extends keyof Commands>(name: N, args: Commands[N]): Promise<void> {
    this.#last = Math.max((this.#o.now ?? Date.now)(), this.#last + 1); // the order holds after a reload too
    const item: Sent = { op: newOp(), name, args, event: this.#o.event, at: this.#last, you: this.#you };
    const done = new Promise<void>((resolve, reject) => this.#waiting.set(item.op, { resolve, reject }));
    done.catch(() => {}); // who does not wait for it finds the refusal in the list
    this.#keep(item);
    this.#set([...this.#items, item]);
    this.#pump();
    return done;
  }

  /** Who this phone is, from hello. What somebody else wrote on it is not sent in this one's name. */
  is(you: string): void {
    this.#you = you;
    this.#own();
  }

  /** There is a line again. */
  resend(): void {
    this.#underWay.clear();
    clearTimeout(this.#hold);
    this.#hold = undefined;
    this.#pump();
  }

  ack(op: string): void {
    this.#remove(op);
    this.#waiting.get(op)?.resolve();
    this.#waiting.delete(op);
    this.#hastes = 0;
    this.#pump();
  }

  no(op: string, refusal: Refused, again = false): void {
    const item = this.#items.find((i) => i.op === op);
    if (!item) return;
    if (again && refusal.code === 'too_many') {
      this.#underWay.delete(op);
      this.#most = UNDER_WAY.slowly;
      this.#hold ??= setTimeout(() => {
        this.#hold = undefined;
        this.#pump();
      }, AGAIN[Math.min(this.#hastes++, AGAIN.length - 1)]);
      return;
    }
    if (again) {
      const tries = this.#tries.get(op) ?? 0;
      this.#tries.set(op, tries + 1);
      clearTimeout(this.#timers.get(op));
      this.#timers.set(
        op,
        setTimeout(() => this.#send(this.#items.find((i) => i.op === op)), AGAIN[Math.min(tries, AGAIN.length - 1)]),
      );
      return;
    }
    const refused = { ...item, refusal };
    this.#keep(refused);
    this.#set(this.#items.map((i) => (i.op === op ? refused : i)));
    this.#waiting.get(op)?.reject(new RefusalError(refusal.code, refusal.field, refusal.max, op));
    this.#waiting.delete(op);
    this.#underWay.delete(op);
    this.#pump();
  }

  /** The person has seen the refusal, or takes back what has not gone out. */
  dismiss(op: string): void {
    this.#remove(op);
    this.#waiting.delete(op);
    this.#pump();
  }

  /** The same again, as a new gesture. */
  retry(op: string): void {
    const item = this.#items.find((i) => i.op === op);
    if (!item?.refusal) return;
    this.#remove(op);
    void this.do(item.name, item.args as never);
  }

  /** Nothing is sent any more. What waits stays on the device. */
  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    clearTimeout(this.#hold);
  }

  #own(): void {
    if (this.#you === '') return;
    for (const { op, you } of this.#items) {
      if (!you || you === this.#you) continue;
      this.#remove(op);
      this.#waiting.delete(op);
    }
  }

  /** Sends what is next, in order. */
  #pump(): void {
    if (this.#hold !== undefined) return;
    for (const item of this.#items) {
      if (this.#underWay.size >= this.#most) return;
      if (item.refusal || this.#underWay.has(item.op)) continue;
      this.#underWay.add(item.op);
      this.#send(item);
    }
    if (this.#underWay.size === 0) this.#most = UNDER_WAY.usual;
  }

  #send(item: Sent | undefined): void {
    if (item && !item.refusal) this.#o.send({ t: 'do', op: item.op, name: item.name, args: item.args });
  }

  #keep(item: Sent): void {
    if (!FLEETING.has(item.name)) void this.#o.store.put(item);
  }

  #remove(op: string): void {
    clearTimeout(this.#timers.get(op));
    this.#timers.delete(op);
    this.#tries.delete(op);
    this.#underWay.delete(op);
    void this.#o.store.remove(op);
    if (this.#items.some((i) => i.op === op)) this.#set(this.#items.filter((i) => i.op !== op));
  }

  #set(items: Sent[]): void {
    this.#items = items;
    this.#o.changed(items);
  }
}
