import { closeCodes } from '../protocol';

// The line to the server. It comes back by itself, at once when the device says that something has changed, and slower and slower otherwise.
// Where no WebSocket comes through it polls, and tries one again from time to time.

export type Reaction =
  | { back: 'now' | 'soon' | 'asked'; fresh?: true } // asked: when bye said
  | { back: 'never' };

/** What the phone does about a close code. */
export function reaction(code: number): Reaction {
  switch (code) {
    case closeCodes.slow:
    case closeCodes.noHello:
      return { back: 'now' };
    case closeCodes.restarting:
      return { back: 'asked' };
    case closeCodes.resync:
      return { back: 'now', fresh: true };
  }
  return code >= 4500 && code <= 4999 ? { back: 'never' } : { back: 'soon' };
}

/** How long to wait before the n-th try in a row (from 0): half of it is by chance, so that a room does not come back in one moment. */
export function backOff(n: number, chance: number): number {
  const whole = Math.min(500 * 2 ** n, 15_000);
  return Math.round(whole / 2 + (whole / 2) * chance);
}

export const limits = {
  answer: 8_000, // a ping, a hello or a command is answered within
  silence: 35_000, // nothing is heard at all: the server beats every 25 s
  asleep: 5_000, // hidden for so long: the line may be a zombie that says it is open
  held: 5_000, // a line that stood so long was a good one
  hints: 1_000, // several hints within this are one
  stand: 4_000, // a WebSocket that has not brought a hello within this is none, where there is another way
  again: 2_500, // likewise, if the one before was none either
  trial: 60_000, // who polls tries a WebSocket after this, then half as often, and so on
  trialMost: 600_000,
};

export type Line = Pick<WebSocket, 'send' | 'close' | 'readyState'> & {
  onopen: (() => void) | null;
  onmessage: ((e: { data: unknown }) => void) | null;
  onclose: ((e: { code: number }) => void) | null;
};

type Options = {
  url: () => string;
  /** The first message; with `fresh` it holds no numbers. */
  hello: (fresh: boolean) => unknown;
  heard: (message: { t: string } & Record<string, unknown>) => void;
  /** The line is up (hello was answered), or down. */
  up: (up: boolean) => void;
  /** The server does not want this phone back. */
  over: (code: number) => void;
  /** A try came to nothing before the line stood; the reason is not told to a page. */
  missed?: () => void;
  open?: (url: string) => Line;
  /** Another way, for when no WebSocket comes through. */
  poll?: () => Line;
  chance?: () => number;
};

export class Socket {
  readonly #o: Options;
  #line: Line | undefined;
  #up = false;
  #fresh = false;
  #ended = false;
  #tries = 0;
  #misses = 0; // WebSockets in a row that brought no hello; from the second on it polls
  #trial: ReturnType<typeof setTimeout> | undefined;
  #trialAfter = limits.trial;
  #upAt = 0;
  #after: number | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #answer: ReturnType<typeof setTimeout> | undefined;
  #hinted = 0;
  #hiddenAt = 0;
  readonly #deaf: (() => void)[] = [];

  constructor(options: Options) {
    this.#o = options;
    this.#listen();
    this.#open();
  }

  get up(): boolean {
    return this.#up;
  }

  /** Sends if the line is up; says whether. */
  send(message: unknown): boolean {
    if (!this.#up || !this.#line) return false;
    this.#line.send(JSON.stringify(message));
    this.#expect();
    return true;
  }

  /** Comes back at once; `fresh`: as one who has nothing. */
  again(fresh = false): void {
    if (this.#ended) return;
    this.#fresh ||= fresh;
    this.#drop();
    this.#open();
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#trial);
    this.#drop();
    for (const off of this.#deaf) off();
  }

  #open(): void {
    clearTimeout(this.#soon);
    const poll = this.#misses > 1 ? this.#o.poll : undefined;
    const line = poll ? poll() : (this.#o.open ?? ((url) => new WebSocket(url) as Line))(this.#o.url());
    this.#line = line;
    line.onopen = () => {
      line.send(JSON.stringify(this.#o.hello(this.#fresh)));
      this.#expect();
    };
    line.onmessage = (e) => {
      this.#heard();
      let message: { t: string } & Record<string, unknown>;
      try {
        message = JSON.parse(String(e.data));
      } catch {
        return;
      }
      if (message.t === 'bye') this.#after = Number(message.after) || 0;
      this.#o.heard(message);
      if (message.t === 'hello' && line === this.#line) {
        this.#upAt = Date.now();
        this.#fresh = false;
        if (poll) this.#tryLater();
        else [this.#misses, this.#trialAfter] = [0, limits.trial];
        this.#set(true);
      }
    };
    line.onclose = (e) => {
      if (line !== this.#line) return;
      const stood = this.#up;
      if (!stood && e.code < 4000) this.#misses = poll ? 1 : this.#misses + 1;
      this.#settle();
      this.#drop();
      const next = reaction(e.code);
      if (next.back === 'never') {
        this.close();
        this.#o.over(e.code);
        return;
      }
      if ('fresh' in next) this.#fresh = true;
      if (!stood) this.#o.missed?.();
      // Even "now" waits when it comes again and again.
      const wait = this.#after ?? (next.back === 'now' && this.#tries === 0 ? 0 : backOff(this.#tries, (this.#o.chance ?? Math.random)()));
      this.#after = undefined;
      this.#tries++;
      this.#later(wait);
    };
    // A try that hangs is no try.
    const within = poll || !this.#o.poll ? limits.answer + 2_000 : this.#misses > 0 ? limits.again : limits.stand;
    const hangs = () => {
      if (!this.#up) this.#misses = poll ? 1 : 2;
      this.#lost();
    };
    this.#silence = setTimeout(hangs, within);
  }

  #tryLater(): void {
    if (this.#trial) return;
    this.#trial = setTimeout(() => {
      this.#trial = undefined;
      this.#trialAfter = Math.min(this.#trialAfter * 2, limits.trialMost);
      [this.#misses, this.#tries] = [1, 0];
      this.again();
    }, this.#trialAfter);
  }

  #later(ms: number): void {
    clearTimeout(this.#soon);
    if (!this.#ended) this.#soon = setTimeout(() => this.#open(), ms);
  }

  #lost(): void {
    this.#settle();
    this.#drop();
    this.#later(backOff(this.#tries++, (this.#o.chance ?? Math.random)()));
  }

  #drop(): void {
    clearTimeout(this.#soon);
    clearTimeout(this.#silence);
    clearTimeout(this.#answer);
    this.#answer = undefined;
    const line = this.#line;
    this.#line = undefined;
    if (line) {
      line.onopen = line.onmessage = line.onclose = null;
      line.close();
    }
    this.#set(false);
  }

  // A line that held for a while begins the count anew.
  #settle(): void {
    if (this.#up && Date.now() - this.#upAt > limits.held) this.#tries = 0;
  }

  #set(up: boolean): void {
    if (this.#up === up) return;
    this.#up = up;
    this.#o.up(up);
  }

  #expect(): void {
    this.#answer ??= setTimeout(() => this.#lost(), limits.answer);
  }

  #heard(): void {
    clearTimeout(this.#answer);
    this.#answer = undefined;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(), limits.silence);
  }

  #listen(): void {
    if (typeof window === 'undefined') return;
    const on = (target: EventTarget, name: string, act: (e: Event) => void) => {
      target.addEventListener(name, act);
      this.#deaf.push(() => target.removeEventListener(name, act));
    };
    on(window, 'online', () => {
      this.#misses = 0; // another net may let it through
      this.#hint();
    });
    on(window, 'pageshow', (e) => {
      if ((e as PageTransitionEvent).persisted) this.#hint();
    });
    on(window, 'offline', () => {
      this.#drop(); // it does not close by itself
      this.#later(limits.silence); // and some devices never say online
    });
    on(document, 'visibilitychange', () => {
      if (document.hidden) {
        this.#hiddenAt = Date.now();
      } else if (this.#up && Date.now() - this.#hiddenAt < limits.asleep) {
        this.send({ t: 'ping' });
      } else {
        this.#hint();
      }
    });
  }

  #hint(): void {
    if (this.#ended || Date.now() - this.#hinted < limits.hints) return;
    this.#hinted = Date.now();
    this.#tries = 0;
    this.again();
  }
}
