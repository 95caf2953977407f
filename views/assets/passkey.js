// Passkeys: the browser's own dialogue between two forms. Where it cannot, the button stays hidden and codes do.
const { startAuthentication, startRegistration, browserSupportsWebAuthn } = window.SimpleWebAuthnBrowser;

for (const button of document.querySelectorAll('button[data-passkey]')) {
  if (!browserSupportsWebAuthn()) break;
  button.hidden = false;
  const form = button.form;
  form.addEventListener('submit', async event => {
    if (form.elements.response.value !== '') return;
    event.preventDefault();
    button.disabled = true;
    try {
      const body = new URLSearchParams({ _token: form.elements._token.value });
      const answer = await fetch(button.dataset.options, { method: 'POST', body });
      if (!answer.ok || answer.redirected) throw new Error(`the server answered ${answer.status}`);
      const optionsJSON = await answer.json();
      const dialogue = button.dataset.passkey === 'make' ? startRegistration : startAuthentication;
      form.elements.response.value = JSON.stringify(await dialogue({ optionsJSON }));
      form.submit();
    } catch {
      // Closed by its user, or refused by the device: both are said at the button, and it can be tried again.
      form.querySelector('[data-passkey-failed]').hidden = false;
      button.disabled = false;
    }
  });
}
