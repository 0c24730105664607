import type { Card, EventView, RefusalCode, StageView, YouView } from '../protocol';
import { OfflineError, RefusalError } from './refusal';

// The requests of docs/protocol.md 1. What is no JSON of ours (a captive portal, a proxy's page) counts as no network.

export type Standing = '' | YouView['standing'];
export type MyEvent = Pick<EventView, 'id' | 'title' | 'place' | 'startsAt' | 'endsAt' | 'zone' | 'status'> & { standing: Standing; host: boolean };
export type Me = { host: boolean; events: MyEvent[]; screen?: string; build: string; demo?: boolean };
/** What opens the lobby: the secret of the QR, or the typed code. */
export type Key = { event: string; secret: string } | { code: string };
/** What moves a person to another browser. */
export type MoveKey = { secret: string } | { code: string };
export type Lobby = Pick<EventView, 'title' | 'place' | 'startsAt' | 'endsAt' | 'zone' | 'days'> & {
  event: string;
  note: string;
  host: string;
  word: string;
  doors: StageView['doors'];
  standing: Standing;
  embeds?: string;
};
export type NewEvent = {
  op: string;
  title: string;
  place: string;
  note: string;
  startsAt: number;
  endsAt: number;
  zone: string;
  days: number;
  doors: StageView['doors'];
  card: Card;
};

const PATIENCE = 15_000;

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  let said: unknown;
  try {
    response = await fetch(path, { ...init, redirect: 'manual', credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
    if (!response.headers.get('content-type')?.startsWith('application/json')) throw new OfflineError();
    said = await response.json();
  } catch {
    throw new OfflineError();
  }
  if (response.ok) return said as T;
  const no = said as { code?: RefusalCode; field?: string; max?: number };
  throw new RefusalError(no.code ?? 'server', no.field, no.max);
}

function post<T>(path: string, body: unknown): Promise<T> {
  return ask<T>(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

const of = (event: string) => `/api/events/${encodeURIComponent(event)}`;

export const api = {
  me: () => ask<Me>('/api/me'),
  /** Redeems the one-time link of a host. */
  becomeHost: (op: string, secret: string) => post<Record<never, never>>('/api/host', { op, secret }),
  erase: (op: string, event: string) => post<Record<never, never>>(`/api/events/${encodeURIComponent(event)}/erase`, { op }),
  openEvent: (event: NewEvent) => post<{ event: string }>('/api/events', event),
  lobby: (key: Key) => post<Lobby>('/api/lobby', key),
  join: (op: string, key: Key, card: Card, terms: string, embeds?: string | false) =>
    post<{ event: string; standing: Standing }>('/api/join', { op, ...key, card, terms, ...(embeds && { embeds }) }),
  newCode: (event: string, op: string) => post<Record<never, never>>(`${of(event)}/code`, { op }),
  photo: (event: string, picture: Blob) =>
    ask<{ photo: string }>(`${of(event)}/photo`, { method: 'POST', headers: { 'Content-Type': picture.type }, body: picture }),
  /** A code to be approved by a host. */
  screen: () => post<{ code: string; until: number }>('/api/screen', {}),
  approveScreen: (event: string, code: string) => post<Record<never, never>>(`${of(event)}/screens`, { code }),
  /** A link and a code by which another browser becomes this person. */
  moveOut: () => post<{ secret: string; code: string; until: number }>('/api/move', {}),
  /** What such a key would open. */
  moveLook: (key: MoveKey) => post<{ events: Pick<MyEvent, 'title' | 'startsAt' | 'zone'>[] }>('/api/move/look', key),
  moveIn: (op: string, key: MoveKey, keep: boolean) => post<Record<never, never>>('/api/move/use', { op, ...key, keep }),
  /** Only in a demo: where to go in. */
  demo: (as: 'guest' | 'host') => post<{ path: string }>('/api/demo', { as }),
  signOut: () => post<Record<never, never>>('/api/signout', {}),
};

/** Addresses of what the browser fetches by itself. */
export const files = {
  photo: (event: string, photo: string) => `${of(event)}/photos/${encodeURIComponent(photo)}`,
  csv: (event: string, lang: string) => `${of(event)}/contacts.csv?lang=${lang}`,
  vcf: (event: string, lang: string, id?: string) => `${of(event)}/contacts${id ? `/${encodeURIComponent(id)}` : ''}.vcf?lang=${lang}`,
};
