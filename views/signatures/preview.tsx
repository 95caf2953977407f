/**
 * The page inside the sandboxed frame: the one place where HTML that people wrote is written as it is. Its answer carries a
 * policy of its own (src/web/respond.ts): no script, no address, no form, no origin.
 */
import { renderPart } from '../render.ts';
import type { Texts } from '../texts/texts.ts';

export type Rendered = { readonly html: string; readonly text: string };

const style = 'body{font:14px sans-serif;margin:16px;color:#222;background:#fff}pre{white-space:pre-wrap}';

export function previewPage(
  { signatures }: Texts,
  rendered: Rendered | undefined,
  faults: readonly string[],
): string {
  const said = (text: string) => renderPart(<p>{text}</p>);
  const body = rendered ? content(rendered) : [signatures.cannotShow, ...faults].map(said).join('');
  return `<!doctype html><meta charset="utf-8"><title>${signatures.preview}</title><style>${style}</style>${body}`;

  function content({ html, text }: Rendered) {
    if (html === '' && text === '') return said(signatures.nothingShown);
    return `${html}<hr>${renderPart(<Plain title={signatures.plainForm} text={text} isOpen={html === ''} />)}`;
  }
}

type PlainProps = { readonly title: string; readonly text: string; readonly isOpen: boolean };

function Plain({ title, text, isOpen }: PlainProps) {
  return (
    <details open={isOpen}>
      <summary>{title}</summary>
      <pre>{text}</pre>
    </details>
  );
}
