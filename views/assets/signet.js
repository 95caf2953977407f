// Comforts on top of pages that work without: nothing here decides anything.

// A menu that is open closes on Escape and on a click beside it, and gives the focus back.
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  const open = document.querySelector('details.dropdown[open]');
  if (open) {
    open.open = false;
    open.querySelector('summary')?.focus();
  } else if (location.hash === '#menu') {
    location.hash = '#main';
    document.querySelector('a[href="#menu"]')?.focus();
  }
});
document.addEventListener('click', event => {
  for (const open of document.querySelectorAll('details.dropdown[open]'))
    if (!open.contains(event.target)) open.open = false;
});
document.addEventListener(
  'toggle',
  event => {
    if (event.target.matches?.('details.dropdown[open]')) event.target.querySelector('input')?.focus();
  },
  true,
);

// Copy buttons: shown only where copying works.
for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const text = document.getElementById(button.dataset.copy)?.textContent ?? '';
    await navigator.clipboard.writeText(text.trim());
    button.querySelector('.copy-label').textContent = button.dataset.done;
  });
}

// A print button, likewise.
for (const button of document.querySelectorAll('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

// A background request that fails says so where the reader looks; the answer of an error page is shown as it is.
document.addEventListener('htmx:error', () => {
  const place = document.getElementById('background-fault');
  if (place) place.hidden = false;
});
