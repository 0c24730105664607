type Toast = { text: string; undo: (() => void) | undefined; ms: number };

/** One line at the bottom that goes by itself, with the way back: undo instead of "are you sure". */
class Toasts {
  now = $state.raw<Toast>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Shows a line; a new one takes the place of the old. With undo it stays 5 s, which is also how long the act can be taken back. */
  show(text: string, { undo, ms = 5000 }: { undo?: () => void; ms?: number } = {}): void {
    this.now = { text, undo, ms };
    this.go();
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.now = undefined;
  }

  undo(): void {
    this.now?.undo?.();
    this.hide();
  }

  /** The time stands still while somebody is on it. */
  hold(): void {
    clearTimeout(this.#timer);
  }

  go(): void {
    clearTimeout(this.#timer);
    if (this.now) this.#timer = setTimeout(() => this.hide(), this.now.ms);
  }
}

export const toast = new Toasts();
