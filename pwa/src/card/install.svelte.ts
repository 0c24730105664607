import { keep, kept } from '../i18n';

type InstallEvent = Event & { prompt(): Promise<{ outcome: string }> };

/** Whether the app can be put on the home screen, and how. It is asked only after the first value. */
class Install {
  offer = $state.raw<InstallEvent>();
  no = $state(kept('goen.install') === 'no');

  constructor() {
    addEventListener('beforeinstallprompt', (e) => {
      e.preventDefault(); // shown later, at a better moment
      this.offer = e as InstallEvent;
    });
    addEventListener('appinstalled', () => this.never());
  }

  /** iPhones have no prompt; one is shown the way. */
  get byHand(): boolean {
    return /iPhone|iPad|iPod/.test(navigator.userAgent) && !/Line\//.test(navigator.userAgent);
  }

  get possible(): boolean {
    const inside = matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone === true;
    return !this.no && !inside && (this.offer !== undefined || this.byHand);
  }

  async ask(): Promise<void> {
    await this.offer?.prompt();
    this.never();
  }

  never(): void {
    this.no = true;
    keep('goen.install', 'no');
  }
}

export const install = new Install();
