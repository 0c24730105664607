import { closeCodes } from '../protocol';
import type { Line } from './socket';

// The line of a phone that cannot have a WebSocket: the same messages and the same numbers, by requests. One waits for news; commands go
// beside it, one after another. Whatever is no answer of ours (a captive portal, a proxy's page) ends the line.

type Message = { t: string } & Record<string, unknown>;
type Cursor = { epoch?: string } & Record<string, unknown>;

const PACE = 300; // between two requests for news, so that a busy room does not make a busy line

export class PollLine implements Line {
  onopen: Line['onopen'] = null;
  onmessage: Line['onmessage'] = null;
  onclose: Line['onclose'] = null;
  readonly readyState = 1;
  readonly #url: (what: 'poll' | 'do') => string;
  readonly #held: () => Cursor;
  readonly #off = new AbortController();
  #acts: Promise<unknown> = Promise.resolve();
  #here = 0;

  /** `held` is what the phone holds at the moment: v, epoch, at, build. */
  constructor(url: (what: 'poll' | 'do') => string, held: () => Cursor) {
    this.#url = url;
    this.#held = held;
    queueMicrotask(() => this.onopen?.());
  }

  send(text: string): void {
    const { t, ...rest } = JSON.parse(text) as Message;
    if (t === 'hello') void this.#follow(rest);
    else if (t === 'do') this.#acts = this.#acts.then(() => this.#ask('do', { ...this.#held(), ...rest }));
    else void this.#ask('poll', this.#held()); // a ping: the answer is a hello
  }

  close(): void {
    this.#off.abort();
  }

  async #follow(hello: Cursor): Promise<void> {
    for (let body: Cursor = hello; await this.#ask('poll', body); body = { ...this.#held(), wait: true }) {
      await new Promise((r) => setTimeout(r, PACE));
    }
  }

  async #ask(what: 'poll' | 'do', cursor: Cursor): Promise<boolean> {
    if (this.#off.signal.aborted) return false;
    let said: { messages: Message[]; close?: number };
    try {
      const answer = await fetch(this.#url(what), {
        ...{ method: 'POST', redirect: 'manual', credentials: 'same-origin', cache: 'no-store', signal: this.#off.signal },
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ ...cursor, here: this.#here }),
      });
      if (!answer.ok) return this.#end(answer.status === 401 ? closeCodes.signedOut : 1006);
      said = await answer.json();
      if (!Array.isArray(said.messages)) return this.#end(1006);
    } catch {
      return this.#end(1006);
    }
    // Two answers may overtake each other: what was said of an epoch that is over is not taken.
    const late = said.messages[0]?.t !== 'hello' && cursor.epoch !== this.#held().epoch;
    for (const message of said.messages.length > 0 ? said.messages : [{ t: 'pong' }]) {
      if (this.#off.signal.aborted) return false;
      if (late && (message.t === 'view' || message.t === 'gone')) continue;
      if (message.t === 'here') this.#here = Number(message.n) || 0;
      this.onmessage?.({ data: JSON.stringify(message) });
    }
    return said.close ? this.#end(said.close) : true;
  }

  #end(code: number): false {
    if (!this.#off.signal.aborted) {
      this.#off.abort();
      this.onclose?.({ code });
    }
    return false;
  }
}
