import { createSubscriber } from 'svelte/reactivity';

// How far the server's clock is ahead of this phone's.
let ahead = 0;

/** Sets the clock by the server's hello. */
export function setClock(serverNow: number): void {
  ahead = serverNow - Date.now();
}

function every(ms: number): () => number {
  const watch = createSubscriber((update) => {
    const timer = setInterval(update, ms);
    return () => clearInterval(timer);
  });
  return () => {
    watch();
    return Date.now() + ahead;
  };
}

/** The server's time in ms; in a template it moves on by itself, every 15 s, for "2分前". */
export const now = every(15_000);

/** The same, every 250 ms, for a timer that runs down. */
export const ticking = every(250);
