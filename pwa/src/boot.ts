// Runs before the first paint, as a script of its own: the strict policy allows no inline one. It sets the language and the theme that the
// person chose, and asks early for the files that the first screen will need. Keep it tiny; no imports.
{
  const root = document.documentElement;
  const kept = (key: string): string | null => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const chosen = kept('goen.lang');
  const lang = chosen === 'ja' || chosen === 'en' ? chosen : navigator.language.toLowerCase().startsWith('ja') ? 'ja' : 'en';
  root.lang = lang;

  const theme = kept('goen.theme');
  if (theme === 'light' || theme === 'dark') {
    root.dataset.theme = theme;
    const metas = [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')];
    const paper = metas.find((m) => m.media.includes(theme))?.content ?? '';
    for (const m of metas) m.content = paper;
  }

  // What the build knows and the page cannot: {"ja": "/assets/ja-….js", "join": […], …}
  const early: Record<string, string[]> = JSON.parse(document.querySelector<HTMLMetaElement>('meta[name="goen:early"]')?.content || '{}');
  const first = /^\/j(\/|$)/.test(location.pathname) ? 'join' : /^\/e\/[^/]+\/?$/.test(location.pathname) ? 'room' : 'home';
  const inside = location.pathname.startsWith('/e/') ? early[`${lang}/inside`] : undefined;
  for (const file of [...(early[lang] ?? []), ...(inside ?? []), ...(early[first] ?? [])]) {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = file;
    document.head.append(link);
  }
}
