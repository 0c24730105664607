// A need for somebody whom its poster knows, and who is not here: trade, area and size are all that is said of them.
import { t } from '../i18n';
import type { Behalf } from '../protocol';
import { areaName, tradeName } from '../words/book.svelte';

/** 製造業・船橋市・30〜99人 */
export function aboutOf(behalf: Behalf | undefined): string {
  if (!behalf) return '';
  return [tradeName(behalf.trade), areaName(behalf.area), behalf.size && t.list.sizes[behalf.size]].filter(Boolean).join(t.list.dot);
}
