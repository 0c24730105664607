/// <reference lib="webworker" />
// The service worker: the app opens from here, in a basement too. It holds the shell and its assets by exact name and nothing else; what
// the server says (/api, /ws) and the pages that it renders (/c/) never pass through.

declare const self: ServiceWorkerGlobalScope;
declare const BUILD: string; // both written by the build, see tools/vite-goen.ts
declare const FILES: readonly string[];

const CACHE = `goen-${BUILD}`;
const files = new Set(FILES);

self.addEventListener('install', (e) => {
  e.waitUntil(fill());
});

self.addEventListener('activate', (e) => {
  e.waitUntil(tidy());
});

self.addEventListener('message', (e) => {
  if (e.data === 'apply') void self.skipWaiting();
});

self.addEventListener('fetch', (e) => {
  const url = new URL(e.request.url);
  if (url.origin !== self.location.origin || e.request.method !== 'GET') return;
  if (e.request.mode === 'navigate') {
    if (isShell(url.pathname)) e.respondWith(held('/', e.request));
  } else if (files.has(url.pathname) || url.pathname.startsWith('/assets/')) {
    e.respondWith(held(url.pathname, e.request));
  }
});

function isShell(path: string): boolean {
  return !/^\/(api|ws|c)(\/|$)/.test(path) && !path.includes('.');
}

async function held(path: string, request: Request): Promise<Response> {
  const mine = await (await caches.open(CACHE)).match(path);
  // A tab that still runs the version before finds its files in the cache before.
  return mine ?? (path === '/' ? undefined : await caches.match(path)) ?? fetch(request);
}

async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    FILES.map(async (path) => {
      const named = path.startsWith('/assets/'); // its name is its content
      const had = named ? await caches.match(path) : undefined;
      const got = had ?? (await fetch(path, { cache: named ? 'default' : 'no-cache' }));
      if (!got.ok || got.redirected) throw new Error(`cannot keep ${path}`);
      await cache.put(path, got);
    }),
  );
}

async function tidy(): Promise<void> {
  const ours = (await caches.keys()).filter((name) => name.startsWith('goen-')); // in the order of their making
  for (const name of ours.filter((name) => name !== CACHE).slice(0, -1)) await caches.delete(name);
  await self.clients.claim();
}

export {};
