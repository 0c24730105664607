import type { Key } from '../live/api';
import { RefusalError } from '../live/refusal';
import { href } from '../router';

// A key of the door leaves the address bar as soon as it has been read. It stays in this tab, so that a reload does not lose it.

const name = (event: string) => `goen.key.${event}`;

function session(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** The key of an event's QR: from the fragment, or as it was read before. */
export function readKey(event: string, fragment: string): Key | undefined {
  const secret = fragment || session()?.getItem(name(event)) || '';
  if (!secret) return undefined;
  session()?.setItem(name(event), secret);
  return { event, secret };
}

export function forgetKey(event: string): void {
  session()?.removeItem(name(event));
}

/** A typed code as the server knows it: any width and case, with or without the dash. */
export function readCode(typed: string): string | undefined {
  const plain = typed.normalize('NFKC').toUpperCase().replace(/[^0-9A-Z]/g, '');
  return plain.length === 8 ? `${plain.slice(0, 4)}-${plain.slice(4)}` : undefined;
}

/** A code as it is shown. */
export function showCode(code: string): string {
  return readCode(code) ?? code;
}

/** The link of the QR. For sharing it asks LINE to open the device's own browser. */
export function joinLink(event: string, secret: string, shared = false): string {
  return `${location.origin}/j/${event}${shared ? '?openExternalBrowser=1' : ''}#${secret}`;
}

/** The link that opens this person's events in another browser; LINE opens it in the device's own. */
export function moveLink(secret: string): string {
  return `${location.origin}/move?openExternalBrowser=1#${secret}`;
}

/** Where a typed code leads that opens no door but moves a person; otherwise the error goes on. */
export function moveInstead(e: unknown, code: string): string {
  if (e instanceof RefusalError && e.code === 'code.moves') return `${href('move')}#${code}`;
  throw e;
}
