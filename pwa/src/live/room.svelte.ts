import { SvelteMap } from 'svelte/reactivity';
import { now, setClock } from '../clock';
import { version, type Commands, type EventView, type Hello, type No, type RefusalCode, type YouView, closeCodes } from '../protocol';
import { shell } from '../shell.svelte';
import { build, holdUpdateWhile, serverBuild } from '../update';
import { api } from './api';
import { Copy, withoutContacts, type AnyView, type Kind, type ViewFrame, type ViewOf } from './copy';
import { copyStore, forgetCopy, forgetEvent, outboxStore, persist } from './device';
import { Outbox, type Refused, type Sent } from './outbox';
import { PollLine } from './poll';
import { Socket } from './socket';

export type { AnyView, Kind, ViewOf } from './copy';
export { OfflineError, RefusalError, told } from './refusal';

/** A command that waits to be sent, or was refused. */
export type Pending = Pick<Sent, 'op' | 'name' | 'args' | 'at'> & { refusal?: Refused };
/** The arguments of a waiting command of one name. */
export type PendingOf<N extends keyof Commands> = Pending & { name: N; args: Commands[N] };

const known: Record<Kind, 0> = {
  ...{ event: 0, person: 0, need: 0, announcement: 0, board: 0 },
  ...{ you: 0, entry: 0, mine: 0, suggestion: 0, received: 0, given: 0, plea: 0, asked: 0, pair: 0 },
  ...{ doors: 0, sums: 0, guest: 0, watch: 0, course: 0, balance: 0, couple: 0 },
  ...{ stage: 0, tally: 0, face: 0, line: 0, notice: 0, thanks: 0, bars: 0 },
};
const kinds = Object.keys(known) as Kind[];

const UNNOTICED = 3_000; // a shorter gap is nobody's business
const KEEP_AFTER = 1_500;

/** One event, live. Everything read from it in a template follows. */
export class LiveRoom {
  readonly id: string;
  /** As the screen of the event, by the screen's own cookie, whoever is signed in besides. */
  readonly screen: boolean;
  /** `offline` is said only after 3 s without a line. */
  state = $state<'connecting' | 'live' | 'offline' | 'over'>('connecting');
  /** The close code when it is over; 0 before. */
  over = $state(0);
  /** How many phones are connected. */
  here = $state(0);
  /** Where texts would go to be embedded; empty: the operator has named no server. */
  embedder = $state('');
  /** What waits to be sent, and what was refused, oldest first. */
  pending = $state.raw<Pending[]>([]);

  // All made at once: what is made inside a reaction is not followed by it.
  readonly #kinds = new Map(kinds.map((kind) => [kind, new SvelteMap<string, AnyView>()]));
  readonly #copy: Copy;
  readonly #outbox: Outbox;
  readonly #off: (() => void)[] = [];
  #socket: Socket | undefined;
  #unnoticed: ReturnType<typeof setTimeout> | undefined;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #probed = 0;
  #closed = false;

  constructor(event: string, screen = false) {
    this.id = event;
    this.screen = screen;
    this.#copy = new Copy({
      put: (view) => {
        this.#of(view.k).set(view.id, view);
        if (view.k === 'you') this.#gate(view.standing === 'lobby' ? 'lobby' : undefined);
      },
      drop: (kind, id) => this.#of(kind).delete(id),
    });
    this.#outbox = new Outbox({
      event,
      store: outboxStore,
      send: (message) => void this.#socket?.send(message),
      changed: (items) => (this.pending = [...items]),
    });
    this.#off.push(holdUpdateWhile(() => this.#outbox.items.length > 0));
    this.#line(false);
    void this.#begin();
  }

  /** The server's time in ms; follows every 15 s. */
  now(): number {
    return now();
  }

  /** One object. */
  one<K extends Kind>(kind: K, id: string): ViewOf<K> | undefined {
    return this.#of(kind).get(id) as ViewOf<K> | undefined;
  }

  /** All objects of a kind, as they came. */
  all<K extends Kind>(kind: K): ViewOf<K>[] {
    return [...this.#of(kind).values()] as ViewOf<K>[];
  }

  get event(): EventView | undefined {
    return this.one('event', 'event');
  }

  get you(): YouView | undefined {
    return this.all('you')[0];
  }

  get isHost(): boolean {
    return this.you?.host === true;
  }

  /** What waits or was refused, of one name. */
  waiting<N extends keyof Commands>(name: N): PendingOf<N>[] {
    return this.pending.filter((p): p is PendingOf<N> => p.name === name);
  }

  /** Into the outbox at once; resolves when it is durable, rejects with RefusalError. */
  do<N extends keyof Commands>(name: N, args: Commands[N]): Promise<void> {
    persist();
    return this.#outbox.do(name, args);
  }

  dismiss(op: string): void {
    this.#outbox.dismiss(op);
  }

  retry(op: string): void {
    this.#outbox.retry(op);
  }

  /** Comes back to this tab after "opened elsewhere". */
  reopen(): void {
    this.over = 0;
    this.state = 'connecting';
    this.#gate(undefined);
    this.#socket = undefined;
    this.#line(false);
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
    this.#outbox.close();
    this.#keep();
    clearTimeout(this.#unnoticed);
    for (const off of this.#off) off();
    queueMicrotask(() => {
      shell.line = 'up';
      this.#gate(undefined);
    });
  }

  async #begin(): Promise<void> {
    // The last copy is shown at once. A device that is slow to answer does not hold up the line.
    const kept = this.screen ? undefined : await Promise.race([copyStore.get(this.id), new Promise<undefined>((r) => setTimeout(r, 300))]);
    if (this.#closed) return;
    if (kept) this.#copy.take(kept);
    const keep = () => {
      if (document.hidden) this.#keep();
    };
    document.addEventListener('visibilitychange', keep);
    this.#off.push(() => document.removeEventListener('visibilitychange', keep));
    this.#connect();
  }

  #connect(): void {
    const event = encodeURIComponent(this.id);
    const as = this.screen ? '?as=screen' : '';
    const held = (fresh = false) => {
      const at = fresh ? {} : this.#copy.at();
      const copy = Object.keys(at).length > 0 ? { epoch: this.#copy.epoch, at } : {};
      return { v: version, ...copy, build };
    };
    this.#socket = new Socket({
      url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/${event}${as}`,
      poll: () => new PollLine((what) => `/api/events/${event}/${what}${as}`, held),
      hello: (fresh) => ({ t: 'hello', ...held(fresh) }),
      heard: (message) => this.#heard(message),
      up: (up) => this.#line(up),
      over: (code) => this.#end(code),
      missed: () => void this.#probe(),
    });
  }

  #heard(message: { t: string } & Record<string, unknown>): void {
    switch (message.t) {
      case 'hello': {
        const hello = message as unknown as Hello;
        setClock(hello.now);
        serverBuild(hello.build);
        shell.demo = hello.demo === true;
        this.embedder = hello.embedder ?? '';
        this.#copy.hello(hello);
        this.#outbox.is(hello.you);
        break;
      }
      case 'view':
        if (this.#copy.view(message as unknown as ViewFrame) === 'gap') this.#socket?.again(true);
        break;
      case 'gone':
        this.#copy.gone(message as { t: string; in: string });
        break;
      case 'ack':
        this.#outbox.ack(String(message.op));
        return;
      case 'no': {
        const no = message as unknown as No;
        const refusal: Refused = { code: no.code as RefusalCode };
        if (no.field) refusal.field = no.field;
        if (no.max) refusal.max = no.max;
        this.#outbox.no(no.op, refusal, no.again);
        return;
      }
      case 'here':
        this.here = Number(message.n);
        return;
      case 'pong':
      case 'beat':
        if (this.#copy.behind(message.at as Record<string, number> | undefined)) this.#socket?.again();
        return;
      default:
        return; // of a newer server
    }
    this.#keeping ??= setTimeout(() => this.#keep(), KEEP_AFTER);
  }

  #line(up: boolean): void {
    clearTimeout(this.#unnoticed);
    if (this.over) return;
    if (up) {
      this.state = 'live';
      shell.line = 'up';
      this.#outbox.resend();
    } else {
      this.#unnoticed = setTimeout(() => {
        this.state = 'offline';
        shell.line = navigator.onLine ? 'again' : 'offline';
      }, UNNOTICED);
    }
  }

  // A page is not told why a socket was refused. An answer that the server does give says whether this person is still of the event.
  async #probe(): Promise<void> {
    if (!navigator.onLine || Date.now() - this.#probed < 5_000) return;
    this.#probed = Date.now();
    try {
      const me = await api.me();
      const mine = me.events.find((e) => e.id === this.id);
      if (this.#closed || this.over || this.#socket?.up) return;
      if (this.screen) {
        if (me.screen !== this.id) this.#end(closeCodes.signedOut);
      } else if (mine?.standing === 'removed') this.#end(closeCodes.removed);
      else if (!mine) this.#end(closeCodes.signedOut);
    } catch {
      // no network, or a server that is busy coming up: the socket goes on trying
    }
  }

  #end(code: number): void {
    this.over = code;
    this.state = 'over';
    this.#gate(code);
    shell.line = 'up';
    clearTimeout(this.#unnoticed);
    this.#socket?.close();
    // Who is out keeps nothing of it; who only has to sign in again keeps what they wrote.
    const gone = code === closeCodes.removed || code === closeCodes.shredded;
    if (gone || code === closeCodes.signedOut) {
      clearTimeout(this.#keeping);
      this.#copy.clear();
      if (!this.screen) void (gone ? forgetEvent : forgetCopy)(this.id);
    }
  }

  #gate(why: 'lobby' | number | undefined): void {
    if (why !== undefined) shell.gate = { event: this.id, why };
    else if (shell.gate?.event === this.id) shell.gate = undefined;
  }

  #keep(): void {
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    if (this.over || this.screen) return;
    const kept = withoutContacts(this.#copy.keep());
    if (kept.streams.length > 0) void copyStore.put(this.id, kept);
  }

  #of(kind: Kind): SvelteMap<string, AnyView> {
    let map = this.#kinds.get(kind);
    if (!map) this.#kinds.set(kind, (map = new SvelteMap())); // of a newer server
    return map;
  }
}

let open: LiveRoom | undefined;

/** The live room of an event; all screens share one. Call it in the script: `const room = $derived(liveRoom(place.params.event))`. */
export function liveRoom(event: string, screen = false): LiveRoom {
  if (open?.id !== event || open.screen !== screen) {
    open?.close();
    open = new LiveRoom(event, screen);
  }
  return open;
}

/** Closes it, for example after signing out. */
export function leaveRoom(): void {
  open?.close();
  open = undefined;
}
