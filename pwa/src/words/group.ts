import { language } from '../i18n';
import { names } from './book.svelte';

/** A group of trades in the reader's language; empty until the names have come. */
export function groupName(id: string): string {
  return names()?.groups.find((g) => g.id === id)?.[language()] ?? '';
}
