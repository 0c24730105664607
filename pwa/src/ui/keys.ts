/** An Enter that means it: not the one that ends a kana conversion. Safari tells that one only by 229. */
export function isEnter(e: KeyboardEvent): boolean {
  return e.key === 'Enter' && !e.isComposing && e.keyCode !== 229;
}

/** Length as the server counts it: characters, not UTF-16 halves. */
export function lengthOf(text: string): number {
  return [...text].length;
}
