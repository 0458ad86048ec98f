// Sets light or dark before the first paint. A file of its own, because the page's policy forbids inline scripts.
(function () {
  var wish = null;
  try {
    wish = window.localStorage.getItem('primia-colour-scheme');
  } catch {
    wish = null;
  }
  var dark = wish === 'dark' || (wish !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
