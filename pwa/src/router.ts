import { tick } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';

/** Every screen of the app. An id is what the server made: letters, digits, - and _. Secrets travel in the fragment, which no server sees. */
export const paths = {
  home: '/',
  host: '/host',
  join: '/j/:event',
  code: '/j',
  room: '/e/:event',
  goen: '/e/:event/goen',
  introduction: '/e/:event/goen/:id',
  list: '/e/:event/list',
  card: '/e/:event/card',
  board: '/e/:event/board',
  people: '/e/:event/people',
  person: '/e/:event/people/:id',
  contacts: '/e/:event/contacts',
  desk: '/e/:event/desk',
  wall: '/e/:event/screen',
  make: '/new',
  screen: '/screen',
  about: '/about',
  elsewhere: '/elsewhere',
  move: '/move',
} as const;

export type Name = keyof typeof paths;
type Names<P extends string> = P extends `${string}:${infer K}/${infer Rest}`
  ? K | Names<Rest>
  : P extends `${string}:${infer K}`
    ? K
    : never;
/** What the path of a screen carries: Params<'introduction'> is { event, id }. */
export type Params<N extends Name> = Record<Names<(typeof paths)[N]>, string>;

/** A place in the app. hash is the fragment without #, query the search part. */
export type Place<N extends Name = Name> = N extends Name
  ? { name: N; params: Params<N>; query: URLSearchParams; hash: string }
  : never;
export type Lost = { name: 'lost'; params: Record<never, string>; query: URLSearchParams; hash: string };

const patterns = Object.entries(paths).map(([name, path]) => ({
  name: name as Name,
  shape: new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[\\w-]+)')}/?$`),
}));

/** The place that a URL means, or nothing: then it is none of ours. */
export function match(url: URL): Place | undefined {
  for (const { name, shape } of patterns) {
    const found = shape.exec(url.pathname);
    if (!found) continue;
    return { name, params: { ...found.groups }, query: url.searchParams, hash: url.hash.slice(1) } as Place;
  }
  return undefined;
}

/** The path of a screen: href('introduction', { event, id }). */
export function href<N extends Name>(name: N, ...[params]: Names<(typeof paths)[N]> extends never ? [] : [Params<N>]): string {
  const given: Record<string, string> = params ?? {};
  return paths[name].replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(given[key] ?? ''));
}

/** Loads what a place needs before it is shown. */
export type Load<S> = (place: Place | Lost) => Promise<S>;

let here: { place: Place | Lost; screen: unknown } | undefined;
let load: Load<unknown>;
let key = '';
let turn = 0;
let changed = () => {};
const watch = createSubscriber((update) => {
  changed = update;
});
const scrolls = new Map<string, number>();

/** Where the person is, and the loaded screen; in a template it follows. */
export function current<S>(): { place: Place | Lost; screen: S } {
  watch();
  if (!here) throw new Error('the router has not started');
  return here as { place: Place | Lost; screen: S };
}

/** Shows the place in the address bar, and from now on follows links and the back button. */
export async function start<S>(loader: Load<S>): Promise<void> {
  load = loader;
  history.scrollRestoration = 'manual';
  key = history.state?.key ?? crypto.randomUUID();
  history.replaceState({ key }, '');
  addEventListener('popstate', (e) => {
    scrolls.set(key, scrollY);
    key = e.state?.key ?? crypto.randomUUID();
    void show(scrolls.get(key) ?? 0);
  });
  addEventListener('click', follow);
  const place = read();
  here = { place, screen: await load(place) };
}

/** Goes to a path of the app. */
export function go(to: string, { replace = false } = {}): Promise<void> {
  scrolls.set(key, scrollY);
  key = crypto.randomUUID();
  if (replace) history.replaceState({ key }, '', to);
  else history.pushState({ key, inside: true }, '', to);
  return show(0);
}

/** Goes one step back, or up to the given path for somebody who came in from outside. */
export function back(up: string): void {
  if (history.state?.inside) history.back();
  else void go(up, { replace: true });
}

/** Takes a secret out of the address bar without moving; call it once the secret has served. */
export function forgetHash(): void {
  history.replaceState(history.state, '', location.pathname + location.search);
}

function read(): Place | Lost {
  const url = new URL(location.href);
  return match(url) ?? { name: 'lost', params: {}, query: url.searchParams, hash: url.hash.slice(1) };
}

async function show(top: number): Promise<void> {
  const mine = ++turn;
  const place = read();
  const screen = await load(place);
  if (mine !== turn) return; // the person has gone on
  const swap = async () => {
    here = { place, screen };
    changed();
    await tick();
    scrollTo({ top, behavior: 'instant' });
    const heading = document.querySelector<HTMLElement>('main h1');
    heading?.setAttribute('tabindex', '-1');
    heading?.focus({ preventScroll: true });
  };
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden;
  if (document.startViewTransition && !still) await document.startViewTransition(swap).updateCallbackDone;
  else await swap();
}

function follow(e: MouseEvent): void {
  if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
  const a = (e.target as Element | null)?.closest?.('a');
  if (!a || a.target || a.hasAttribute('download') || a.origin !== location.origin) return;
  const url = new URL(a.href);
  if (!match(url)) return; // a page that the server renders
  if (url.pathname === location.pathname && url.search === location.search && url.hash) return; // a jump within the page
  e.preventDefault();
  if (url.href !== location.href) void go(url.href);
}
