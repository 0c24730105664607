import type { LiveRoom } from '../live/room.svelte';
import { OfflineError, RefusalError } from '../live/refusal';
import { refusal } from '../i18n';
import type { Commands } from '../protocol';

/** Why not: the field it is about, and what to tell the person. */
export type Refused = { code: string; field: string; text: string };
/** later: it lies in the outbox and goes out by itself. */
export type Outcome = 'done' | 'later' | Refused;

const PATIENCE = 2_500;

/** A no in words. */
export function refused(error: unknown): Refused {
  if (error instanceof RefusalError) return { code: error.code, field: error.field ?? '', text: refusal(error.code, { field: error.field, max: error.max }) };
  const code = error instanceof OfflineError ? 'offline' : 'server';
  return { code, field: '', text: refusal(code) };
}

/**
 * Does it, and waits a moment for the answer. A refusal that comes in time is the caller's to show, and is gone from the outbox; one that
 * comes later stands there to be seen.
 */
export async function act<N extends keyof Commands>(room: LiveRoom, name: N, args: Commands[N]): Promise<Outcome> {
  const done: Promise<Outcome> = room.do(name, args).then(
    () => 'done' as const,
    (error: unknown) => {
      if (waiting && error instanceof RefusalError && error.op) room.dismiss(error.op);
      return refused(error);
    },
  );
  let waiting = true;
  const patience = room.state === 'live' ? PATIENCE : 0;
  const outcome = await Promise.race([done, new Promise<'later'>((r) => setTimeout(() => r('later'), patience))]);
  waiting = false;
  return outcome;
}

export function isRefused(outcome: Outcome): outcome is Refused {
  return typeof outcome === 'object';
}
