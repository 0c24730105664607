import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import './card/install.svelte'; // the browser offers it once, long before it is asked for
import { kept, preferred, speak } from './i18n';
import { start } from './router';
import { open } from './screens';
import { watchUpdates } from './update';

// A file of a version that is gone: the page is too old, once around fetches the new one.
addEventListener('vite:preloadError', () => {
  const last = Number(sessionStorage.getItem('goen.reloaded') ?? 0);
  if (!navigator.onLine || Date.now() - last < 60_000) return;
  sessionStorage.setItem('goen.reloaded', String(Date.now()));
  location.reload();
});

// No await at the top level: a screen's file may import this one, and would wait for it for ever.
async function begin(target: HTMLElement): Promise<void> {
  if (import.meta.env.DEV) (await import('./dev/mock')).install();
  await Promise.all([speak(preferred(kept('goen.lang'), navigator.language)), start(open)]);
  mount(App, { target });
  if (document.readyState === 'complete') void watchUpdates();
  else addEventListener('load', () => void watchUpdates());
}

const target = document.getElementById('app');
if (target) void begin(target);
