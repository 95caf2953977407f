// Before the first paint: "auto" becomes what the system wants. Without JavaScript it stays light.
const root = document.documentElement;
const dark = matchMedia('(prefers-color-scheme: dark)');
function apply() {
  if (root.dataset.theme === 'auto') root.dataset.bsTheme = dark.matches ? 'dark' : 'light';
}
apply();
dark.addEventListener('change', apply);
