import { untrack } from 'svelte';

/** An error stands as long as the field holds what was refused: whoever has corrected it is not told again. */
export function standing(error: () => string | undefined, value: () => string): () => string | undefined {
  let refused = $state.raw('');
  $effect.pre(() => {
    error();
    refused = untrack(value);
  });
  return () => (value() === refused ? error() : undefined);
}
