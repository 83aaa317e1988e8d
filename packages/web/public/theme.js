// Runs before the first paint, so that the page never flashes in the wrong theme. A file of its own: the
// Content-Security-Policy allows no inline script.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem('tacho.theme');
  } catch {
    // Storage is switched off: the system decides.
  }
  const light =
    choice === 'light' || (choice !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
})();
