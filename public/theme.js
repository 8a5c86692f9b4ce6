// Before the first paint: the reader's own choice, else the system's. A file, not inline, so the CSP needs no hash.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem('starlight-theme');
  } catch {}
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    document.documentElement.dataset.theme = theme || (dark.matches ? 'dark' : 'light');
  };
  apply();
  dark.addEventListener('change', apply);
  addEventListener('hop-theme', (event) => {
    theme = event.detail;
    apply();
    try {
      localStorage.setItem('starlight-theme', theme);
    } catch {}
  });
})();
