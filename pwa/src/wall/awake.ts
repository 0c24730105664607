/** Keeps the screen on, and asks again whenever it comes back into sight. Tells whether it could. Returns how to let go. */
export function stayAwake(told: (awake: boolean) => void): () => void {
  let lock: WakeLockSentinel | undefined;
  let over = false;
  const ask = async () => {
    if (document.hidden || over || (lock && !lock.released)) return;
    try {
      lock = await navigator.wakeLock.request('screen');
      if (over) void lock.release();
      told(true);
    } catch {
      told(false); // an old browser, or a battery that is low
    }
  };
  const again = () => void ask();
  document.addEventListener('visibilitychange', again);
  again();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', again);
    void lock?.release().catch(() => {});
  };
}

/** F fills the screen, and leaves it again. */
export function toggleFull(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen?.().catch(() => {});
}
