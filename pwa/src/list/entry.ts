// An entry in words: what its owner reads, and nobody else.
import { t } from '../i18n';
import type { EntryView } from '../protocol';
import { areaName, tradeName } from '../words/book.svelte';

type Words = Omit<EntryView, 'k' | 'id' | 'reach' | 'words'>;

/** The nickname, or else the trade. */
export function labelOf(entry: Words): string {
  return entry.label || tradeName(entry.trade) || t.goen.somebody;
}

/** The rest of it in one line. */
export function lineOf(entry: Words): string {
  const parts = [entry.label && tradeName(entry.trade), areaName(entry.area), entry.size && t.list.sizes[entry.size], entry.offers];
  return parts.filter(Boolean).join(t.list.dot);
}

/** What the hint calls it: the nickname, or trade and place. */
export function calledOf(entry: Words): string {
  return entry.label || [tradeName(entry.trade), areaName(entry.area)].filter(Boolean).join(t.list.dot) || t.goen.somebody;
}
