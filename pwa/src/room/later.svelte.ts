import { SvelteSet } from 'svelte/reactivity';
import { toast } from '../ui/toast.svelte';

// Undo instead of "are you sure": what cannot be taken back on the server is held here while the line with 元に戻す is shown.
const held = new SvelteSet<string>();

/** Whether this is on its way out: shown as if it had happened. */
export function isHeld(key: string): boolean {
  return held.has(key);
}

/** Says it is done, and does it once the line has gone: after 5 s, when another takes its place, or when the person leaves the app. */
export function later(key: string, text: string, run: () => Promise<unknown> | unknown): void {
  if (held.has(key)) return;
  held.add(key);
  let over = false;

  const end = () => {
    over = true;
    document.removeEventListener('visibilitychange', away);
    removeEventListener('pagehide', go);
    queueMicrotask(stop);
  };
  const go = () => {
    if (over) return;
    end();
    void Promise.resolve(run()).finally(() => held.delete(key));
  };
  const away = () => {
    if (document.hidden) go();
  };

  toast.show(text, {
    undo: () => {
      end();
      held.delete(key);
    },
  });
  const mine = toast.now;
  document.addEventListener('visibilitychange', away);
  addEventListener('pagehide', go);
  const stop = $effect.root(() => {
    $effect(() => {
      if (toast.now !== mine) go();
    });
  });
}
