import { RefusalError, told, type LiveRoom } from '../live/room.svelte';
import type { Commands } from '../protocol';
import { toast } from '../ui/toast.svelte';

/** A tap at the desk: what came of it is said in one line, with the way back where there is one. */
export async function tap<N extends keyof Commands>(room: LiveRoom, name: N, args: Commands[N], said?: string, undo?: () => void): Promise<boolean> {
  try {
    const done = room.do(name, args);
    if (said && room.state !== 'offline') toast.show(said, undo ? { undo } : {});
    await done;
    return true;
  } catch (e) {
    if (e instanceof RefusalError && e.op) room.dismiss(e.op);
    toast.show(told(e));
    return false;
  }
}
