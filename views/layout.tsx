/** The frame of every page. `Shell` has the menu; `Alone` is for pages before and beside it: sign-in, first run, errors. */
import type { ComponentChildren } from 'preact';
import type { Page } from './page.ts';
import { FlashNote } from './parts/flash.tsx';
import { Icon } from './parts/icon.tsx';
import { Rail } from './parts/rail.tsx';

export type LayoutProps = {
  readonly page: Page;
  readonly title: string;
  readonly children: ComponentChildren;
};

export function Shell({ page, title, children }: LayoutProps) {
  const { texts } = page;
  return (
    <Document page={page} title={title}>
      <a class="skip" href="#main">
        {texts.frame.skip}
      </a>
      <header class="topbar">
        <a class="topbar-brand" href="/">
          <Icon name="rosette-discount-check" class="brand-mark" />
          Signet
        </a>
        <a class="icon-button" href="#menu">
          <Icon name="menu-2" />
          <span class="visually-hidden">{texts.frame.openMenu}</span>
        </a>
      </header>
      <div class="shell">
        <Rail page={page} />
        <div class="stage">
          <main id="main" class="stage-inner" tabIndex={-1}>
            <div role="status" aria-live="polite">
              <FlashNote flash={page.flash} />
            </div>
            <div id="background-fault" class="alert alert-danger" role="alert" hidden>
              {texts.frame.backgroundFault}
            </div>
            {children}
          </main>
        </div>
      </div>
    </Document>
  );
}

export function Alone({ page, title, children }: LayoutProps) {
  return (
    <Document page={page} title={title} isAlone>
      <main class="alone" id="main">
        <a class="topbar-brand mb-4" href="/">
          <Icon name="rosette-discount-check" class="brand-mark" />
          Signet
        </a>
        <FlashNote flash={page.flash} />
        {children}
      </main>
    </Document>
  );
}

/** What htmx may do: no code from attributes or answers, no styles of its own, nothing but our own origin. */
const htmxConfig = JSON.stringify({ includeIndicatorCSS: false, history: true, mode: 'same-origin' });

/** Passkeys are asked for on pages without a menu alone: no other page pays for the script. */
function Document({ page, title, children, isAlone }: LayoutProps & { readonly isAlone?: boolean }) {
  const { asset, theme } = page;
  return (
    <html lang={page.language} data-theme={theme} data-bs-theme={theme === 'dark' ? 'dark' : 'light'}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === 'auto' ? 'light dark' : theme} />
        <meta name="htmx-config" content={htmxConfig} />
        <title>{`${title} · Signet`}</title>
        <link rel="icon" href={asset('mark.svg')} type="image/svg+xml" />
        <link
          rel="preload"
          href={asset('inter-latin.woff2')}
          as="font"
          type="font/woff2"
          crossorigin="anonymous"
        />
        <link rel="stylesheet" href={asset('tabler.css')} />
        <link rel="stylesheet" href={asset('signet.css')} />
        <script src={asset('theme.js')} />
        <script src={asset('htmx.js')} defer />
        <script src={asset('signet.js')} defer />
        {isAlone ? (
          <>
            <script src={asset('webauthn.js')} defer />
            <script src={asset('passkey.js')} defer />
          </>
        ) : null}
      </head>
      <body {...{ 'hx-headers:inherited': JSON.stringify({ 'X-Signet-Token': page.csrf }) }}>{children}</body>
    </html>
  );
}
