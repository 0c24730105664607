import { createSubscriber } from 'svelte/reactivity';

// A new version installs itself beside the running one and waits. It is put in place when nobody looks and nothing would be lost, or
// when the person taps [更新].

const HALF_HOUR = 30 * 60_000;

let registration: ServiceWorkerRegistration | undefined;
let waiting = false;
let asked = false;
let lastCheck = Date.now();
let changed = () => {};
const watch = createSubscriber((update) => {
  changed = update;
});
const holds = new Set<() => boolean>();

/** Whether a new version waits; in a template it follows. */
export function updateReady(): boolean {
  watch();
  return waiting;
}

/** Something that a reload would lose (an outbox, a draft). Returns how to take it back. */
export function holdUpdateWhile(busy: () => boolean): () => void {
  holds.add(busy);
  return () => holds.delete(busy);
}

/** The name of the build that runs here; the server's hello tells its own. */
export const build = typeof document === 'undefined' ? '' : (document.querySelector<HTMLMetaElement>('meta[name="goen:build"]')?.content ?? '');

/** To be told the server's build from its hello. */
export function serverBuild(theirs: string): void {
  if (theirs !== '' && build !== '' && theirs !== build) check(true);
}

/** Puts the waiting version in place; the page comes back in it. Without a worker it is a plain reload. */
export function applyUpdate(): void {
  asked = true;
  if (registration?.waiting) registration.waiting.postMessage('apply');
  else location.reload();
}

/** Registers the worker and watches over it. Call when the first screen stands. */
export async function watchUpdates(): Promise<void> {
  const workers = navigator.serviceWorker;
  if (!workers || build === '') return; // an old browser, or the dev server
  const had = workers.controller !== null;
  workers.addEventListener('controllerchange', () => {
    // The first worker of all takes over silently. Another tab's update reloads this one only if it loses nothing by it.
    if (asked || (had && !loses())) location.reload();
  });
  try {
    registration = await workers.register(trusted('/sw.js') as string, { updateViaCache: 'none' });
  } catch {
    return; // without it the app works, only not offline
  }
  notice();
  registration.addEventListener('updatefound', () => {
    registration?.installing?.addEventListener('statechange', notice);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) quietly();
    else check(false);
  });
}

function notice(): void {
  const before = waiting;
  waiting = Boolean(registration?.waiting && navigator.serviceWorker.controller);
  if (waiting !== before) changed();
  if (document.hidden) quietly();
}

function check(now: boolean): void {
  if (!now && Date.now() - lastCheck < HALF_HOUR) return;
  lastCheck = Date.now();
  registration?.update().catch(() => {});
}

function quietly(): void {
  if (waiting && !loses()) applyUpdate();
}

function loses(): boolean {
  if (document.querySelector('dialog[open]')) return true;
  for (const f of document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')) {
    if (f.type !== 'checkbox' && f.type !== 'radio' && f.value !== f.defaultValue) return true;
  }
  return [...holds].some((busy) => busy());
}

// Under Trusted Types a worker's address must come from a policy; this one knows a single address.
function trusted(address: '/sw.js'): unknown {
  type Policies = { createPolicy(name: string, rules: { createScriptURL(s: string): string }): { createScriptURL(s: string): unknown } };
  const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
  if (!policies) return address;
  return policies
    .createPolicy('goen-sw', {
      createScriptURL(s) {
        if (s !== '/sw.js') throw new TypeError(`not our worker: ${s}`);
        return s;
      },
    })
    .createScriptURL(address);
}
